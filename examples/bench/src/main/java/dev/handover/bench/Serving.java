package dev.handover.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A program that serves, in a folder of its own; all that runs there, and the folder, is gone when it is closed. */
final class Serving implements AutoCloseable {
    private static final Duration TO_END = Duration.ofSeconds(10);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final Path folder;
    private final Process process;
    private final Thread hook = new Thread(this::endAtOnce, "program's end");

    private Serving(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** A folder that a program finds its way into as whomever it likes to run. */
    static Path newFolder() throws IOException {
        return Files.createTempDirectory(
                "handover-bench", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    /** @param command that works in that folder, and so does all that it starts */
    static Serving start(Path folder, List<String> command) throws IOException {
        return new Serving(
                folder,
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("output").toFile())
                        .start());
    }

    /** What the process that does the reloads has of the machine's memory; null where there is none. */
    @Nullable
    Double masterMib() throws IOException {
        try {
            Path file = folder.resolve("pid");
            return new Running(
                            Files.exists(file)
                                    ? Long.parseLong(Files.readString(file).strip())
                                    : process.pid())
                    .residentMib();
        } catch (NoSuchFileException hasEnded) {
            return null;
        }
    }

    /** What it has printed. */
    String output() throws IOException {
        return Files.readString(folder.resolve("output"));
    }

    /** Known by their working directory, since a program may have given up its parents, its session and its environment. */
    private List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses().filter(this::isHere).toList();
    }

    private boolean isHere(ProcessHandle candidate) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(candidate.pid()), "cwd"))
                    .startsWith(folder);
        } catch (IOException ended) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        Runtime.getRuntime().removeShutdownHook(hook);
        end(TO_END);
    }

    private void endAtOnce() {
        try {
            end(Duration.ZERO);
        } catch (IOException e) {
            System.err.println("bench: " + folder + " is left behind: " + e.getMessage());
        }
    }

    private void end(Duration patience) throws IOException {
        processes().forEach(ProcessHandle::destroy);
        long deadline = System.nanoTime() + patience.toNanos();
        for (List<ProcessHandle> left = processes(); !left.isEmpty(); left = processes()) {
            if (System.nanoTime() >= deadline) {
                left.forEach(ProcessHandle::destroyForcibly);
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
