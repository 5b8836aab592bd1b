package dev.handover.supervisor.upgrade;

import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.terms.CommandNames;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The jar that this process runs, copied to where no package's upgrade replaces it. It is read through the JVM's own descriptor,
 * since by its name another one may be there already.
 */
final class KeptJar {
    private static final String NAME = "previous.jar";
    private static final CString CLASS_PATH = CString.of("-cp");
    /** Where the package has native code, by then that of another version; a jar carries its own. */
    private static final CString INSTALLED_CODE = CString.of("-Djffi.boot.library.path=");

    private static final Path OPEN = Path.of("/proc/self/fd");
    private static final String REPLACED = " (deleted)";

    private KeptJar() {}

    /**
     * Keeps it.
     *
     * @param words of this process
     * @return the words of one that runs what was kept
     */
    static List<CString> keep(List<CString> words, Path folder) throws IOException {
        int jar = classPath(words) + 1;
        Path name = Path.of(words.get(jar).toString()).getFileName();
        Path kept = folder.resolve(NAME);
        Path draft = folder.resolve(NAME + ".new"); // this process may be running the other one
        Files.copy(open(name.toString()), draft, StandardCopyOption.REPLACE_EXISTING);
        Files.move(draft, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        List<CString> back = new ArrayList<>(words);
        back.set(jar, CString.of(kept.toString()));
        back.subList(0, jar).removeIf(word -> word.rest(INSTALLED_CODE).isPresent());
        return back;
    }

    /** What the supervisor was called with. */
    static List<CString> arguments(List<CString> words) throws IOException {
        return words.subList(classPath(words) + 3, words.size());
    }

    /** The launcher's words end with: -cp, the jar, the main class, and what it was called with. */
    private static int classPath(List<CString> words) throws IOException {
        int at = words.lastIndexOf(CLASS_PATH);
        if (at < 0 || at + 2 >= words.size()) {
            throw new IOException("this supervisor was not started by its launcher, " + CommandNames.DAEMON);
        }
        return at;
    }

    private static Path open(String name) throws IOException {
        OptionalInt first = OptionalInt.empty();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(OPEN)) {
            for (Path one : all) {
                int number = Integer.parseInt(one.getFileName().toString());
                if (isOf(one, name) && number < first.orElse(Integer.MAX_VALUE)) {
                    first = OptionalInt.of(number);
                }
            }
        }
        if (first.isEmpty()) {
            throw new IOException("this supervisor has no " + name + " open to keep for the way back");
        }
        return OPEN.resolve(Integer.toString(first.getAsInt()));
    }

    private static boolean isOf(Path descriptor, String name) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            String path = target.endsWith(REPLACED) ? target.substring(0, target.length() - REPLACED.length()) : target;
            return path.endsWith("/" + name);
        } catch (IOException closed) {
            return false;
        }
    }
}
