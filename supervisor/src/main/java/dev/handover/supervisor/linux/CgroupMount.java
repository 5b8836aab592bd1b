package dev.handover.supervisor.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where cgroups of version 2 are shown: alone, or beside those of version 1.
 *
 * @param root the path, as /proc/PID/cgroup has it, of the cgroup that is shown there
 */
record CgroupMount(Path at, String root) {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final int ROOT = 3;
    private static final int POINT = 4;

    /** Once found it stays where it is; each process that speaks has it asked for. */
    private static volatile Optional<CgroupMount> found = Optional.empty();

    static Optional<CgroupMount> find() {
        if (found.isEmpty()) {
            found = look();
        }
        return found;
    }

    private static Optional<CgroupMount> look() {
        try {
            return Files.readAllLines(MOUNTS, StandardCharsets.ISO_8859_1).stream()
                    .flatMap(line -> parse(line).stream())
                    .findFirst();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /** @param line of /proc/PID/mountinfo: {@code 31 24 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw} */
    static Optional<CgroupMount> parse(String line) {
        List<String> fields = Arrays.asList(line.split(" "));
        int type = fields.indexOf("-") + 1;
        if (type <= POINT || type >= fields.size() || !fields.get(type).equals("cgroup2")) {
            return Optional.empty();
        }
        return Optional.of(new CgroupMount(Path.of(fields.get(POINT)), fields.get(ROOT)));
    }

    /** @return empty if it is not shown here: another cgroup namespace's, or one beside what is mounted */
    Optional<Path> folder(String cgroup) {
        String below = root.equals("/") ? "" : root;
        if (!cgroup.equals(root) && !cgroup.startsWith(below + "/")) {
            return Optional.empty();
        }
        try {
            Path folder = at.resolve("." + cgroup.substring(below.length())).normalize();
            return folder.startsWith(at) ? Optional.of(folder) : Optional.empty();
        } catch (InvalidPathException foreign) {
            return Optional.empty();
        }
    }
}
