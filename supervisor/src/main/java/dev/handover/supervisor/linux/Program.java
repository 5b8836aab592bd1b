package dev.handover.supervisor.linux;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A program to start, and all that it gets.
 *
 * @param file the file that is run, absolute
 * @param words its arguments, the name that it is called by first
 * @param environment each {@code NAME=value}
 * @param directory its working directory, absolute
 * @param in the file that its standard input is read from
 * @param out the file that its standard output is added to
 * @param err the file that its standard error is added to
 * @param umask this process's where empty
 * @param nice this process's where empty
 * @param account whom it runs as; as this process where empty
 */
public record Program(
        Path file,
        List<CString> words,
        List<CString> environment,
        Path directory,
        Path in,
        Path out,
        Path err,
        OptionalInt umask,
        OptionalInt nice,
        Optional<Account> account) {
    public Program {
        words = List.copyOf(words);
        environment = List.copyOf(environment);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("a program is called by a name");
        }
    }

    /** Where there is nothing to be read. */
    private static final Path NOTHING = Path.of("/dev/null");

    /** One that has nothing to read. */
    public Program(
            Path file,
            List<CString> words,
            List<CString> environment,
            Path directory,
            Path out,
            Path err,
            OptionalInt umask,
            OptionalInt nice,
            Optional<Account> account) {
        this(file, words, environment, directory, NOTHING, out, err, umask, nice, account);
    }

    /** One that has this process's umask, niceness and user, and nothing to read. */
    public Program(Path file, List<CString> words, List<CString> environment, Path directory, Path out, Path err) {
        this(file, words, environment, directory, out, err, OptionalInt.empty(), OptionalInt.empty(), Optional.empty());
    }

    /** Another file and other words, with all else. */
    public Program as(Path other, List<CString> otherWords) {
        return new Program(other, otherWords, environment, directory, in, out, err, umask, nice, account);
    }

    /** With another input and output, and all else. */
    Program between(Path otherIn, Path otherOut) {
        return new Program(file, words, environment, directory, otherIn, otherOut, otherOut, umask, nice, account);
    }

    /** Whether it is to have something that a thread hands down to it. */
    boolean hasSettings() {
        return umask.isPresent() || nice.isPresent() || account.isPresent();
    }
}
