package dev.handover.supervisor.linux;

import java.nio.file.Path;
import java.util.List;

/**
 * A program to start, and all that it gets.
 *
 * @param file the file that is run, absolute
 * @param words its arguments, the name that it is called by first
 * @param environment each {@code NAME=value}
 * @param directory its working directory, absolute
 * @param out the file that its standard output is added to
 * @param err the file that its standard error is added to
 */
public record Program(Path file, List<CString> words, List<CString> environment, Path directory, Path out, Path err) {
    public Program {
        words = List.copyOf(words);
        environment = List.copyOf(environment);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("a program is called by a name");
        }
    }
}
