package dev.handover.supervisor.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** The cgroup that the scheduler shares the CPU out by, instead of by sessions: cgroups(7), for both of its versions. */
final class CpuCgroup {
    private static final Path OWN = Path.of("/proc/self/cgroup");
    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    private CpuCgroup() {}

    /** Empty if this process is in none. */
    static Optional<String> ofThisProcess() {
        try {
            return Files.readAllLines(OWN).stream()
                    .flatMap(line -> of(line, ROOT).stream())
                    .findFirst();
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    /**
     * @param line of /proc/PID/cgroup: {@code 0::/system.slice/web.service}, or {@code 3:cpu,cpuacct:/web} of version 1
     * @param root where version 2 is mounted; in a container its root may itself be such a cgroup
     */
    static Optional<String> of(String line, Path root) {
        String[] parts = line.split(":", 3);
        if (parts.length < 3) {
            return Optional.empty();
        }
        if (parts[1].isEmpty()) {
            Path path;
            try {
                path = root.resolve(parts[2].substring(1)).normalize();
            } catch (InvalidPathException foreign) {
                return Optional.of(parts[2]); // a name that this locale can't write: not known to be without
            }
            if (!path.startsWith(root)) {
                return Optional.of(parts[2]); // another cgroup namespace's
            }
            boolean weighed = Stream.iterate(path, at -> at != null && at.startsWith(root), Path::getParent)
                    .anyMatch(at -> Files.exists(at.resolve("cpu.weight")));
            return weighed ? Optional.of(parts[2]) : Optional.empty();
        }
        boolean cpu = Arrays.asList(parts[1].split(",")).contains("cpu");
        return cpu && !parts[2].equals("/") ? Optional.of(parts[2]) : Optional.empty();
    }
}
