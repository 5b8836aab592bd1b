package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import jnr.constants.platform.Errno;

/** What the kernel's one word for a refused start means, looked up in what is there. */
final class NotStarted {
    /** A first line longer than this names no interpreter (BINPRM_BUF_SIZE). */
    private static final int LONGEST_FIRST_LINE = 256;

    private NotStarted() {}

    static IOException because(LinuxException refused, Program program) {
        if (!refused.call().equals("posix_spawn")) {
            return refused.is(Errno.ENOENT) && Files.notExists(program.directory())
                    ? new IOException("there is no folder " + program.directory(), refused)
                    : refused;
        }
        if (!Files.isDirectory(program.directory())) {
            return new IOException(program.directory() + " is not a folder", refused);
        }
        Path file = program.file();
        String why = switch (refused.errno()) {
            case "ENOENT", "ENOTDIR" -> missing(file);
            case "EACCES" -> forbidden(file, program.directory());
            case "ENOEXEC" -> file + " is no program of this machine: it was built for another one, or is damaged";
            case "ELOOP" -> file + " is a symbolic link to itself";
            case "ETXTBSY" -> file + " is being written to by another process";
            case "E2BIG" -> "its words and its environment are too long together (`getconf ARG_MAX`)";
            case "EAGAIN" -> "no more processes: `ulimit -u` of this user, or TasksMax= of the unit, is reached";
            case "ENOMEM" -> "no memory for another process";
            case "EMFILE" -> Why.NO_DESCRIPTORS;
            case "ENFILE" -> "the machine has as many files open as it may (fs.file-max)";
            default -> "the kernel refuses to run " + file;
        };
        return new IOException(why + " (" + refused.errno() + ")", refused);
    }

    private static String missing(Path file) {
        if (Files.notExists(file)) {
            return "there is no file " + file;
        }
        return interpreter(file)
                .map(named -> file + " is to be run by " + named + ", which is not there")
                .orElse(file + " needs a loader (`file` names it) that is not there");
    }

    private static String forbidden(Path file, Path directory) {
        if (!Files.isExecutable(directory)) {
            return "this user may not enter " + directory;
        }
        if (Files.isDirectory(file)) {
            return file + " is a folder, not a program";
        }
        if (!Files.isExecutable(file)) {
            return "this user may not execute " + file;
        }
        return interpreter(file)
                .filter(named -> !Files.isExecutable(Path.of(named)))
                .map(named -> file + " is to be run by " + named + ", which this user may not execute")
                .orElse(file + " may not be executed: its file system is mounted with noexec, or a security module"
                        + " forbids it");
    }

    /** What a script's first line says. */
    private static Optional<String> interpreter(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            String start = new String(in.readNBytes(LONGEST_FIRST_LINE), StandardCharsets.UTF_8);
            if (!start.startsWith("#!")) {
                return Optional.empty();
            }
            String line = start.substring(2).lines().findFirst().orElse("").strip();
            return Optional.of(line.split("\\s+", 2)[0]).filter(named -> named.startsWith("/"));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
