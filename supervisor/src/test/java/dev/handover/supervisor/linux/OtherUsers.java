package dev.handover.supervisor.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Whether a test may be nobody. */
final class OtherUsers {
    private static final long NOBODY = 65534;

    private OtherUsers() {}

    /** Root in a user namespace of one id alone can be nobody else. */
    static boolean canBeNobody() throws IOException {
        try (Stream<String> ranges = Files.lines(Path.of("/proc/self/uid_map"))) {
            return Processes.ownUid() == 0 && ranges.anyMatch(OtherUsers::hasNobody);
        }
    }

    /** @param range its first id within, its first one outside, how many */
    private static boolean hasNobody(String range) {
        String[] fields = range.strip().split("\\s+");
        long first = Long.parseLong(fields[0]);
        return first <= NOBODY && NOBODY - first < Long.parseLong(fields[2]);
    }
}
