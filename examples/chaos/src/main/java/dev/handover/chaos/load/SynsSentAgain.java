package dev.handover.chaos.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the kernel tells of SYNs that were not answered in time; a clock can't tell them from a client that stood still. */
final class SynsSentAgain {
    private static final Path FILE = Path.of("/proc/net/netstat");
    private static final String LINE = "TcpExt:";
    private static final String COUNTER = "TCPSynRetrans";

    private SynsSentAgain() {}

    /**
     * TCPSynRetrans: how many, by all sockets of this network namespace together, since it was made.
     *
     * @throws IOException if the kernel does not tell
     */
    static long count() throws IOException {
        return parse(Files.readAllLines(FILE));
    }

    /** Names on one line, values on the next that begins alike. */
    static long parse(List<String> lines) throws IOException {
        List<String[]> ours = lines.stream()
                .filter(line -> line.startsWith(LINE))
                .map(line -> line.split(" ", -1))
                .toList();
        int place = ours.size() == 2 ? List.of(ours.get(0)).indexOf(COUNTER) : -1;
        if (place < 0 || place >= ours.get(1).length) {
            throw new IOException("no " + COUNTER + " in " + FILE);
        }
        return Long.parseLong(ours.get(1)[place]);
    }
}
