package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.Ledger.Counters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counters of this network namespace's TCP (the line TcpExt of /proc/net/netstat), all since it was made. */
public final class TcpCounters {
    private static final Path FILE = Path.of("/proc/net/netstat");
    private static final String LINE = "TcpExt:";

    private TcpCounters() {}

    /** @throws IOException if /proc is not there */
    public static Counters read() throws IOException {
        return parse(Files.readAllLines(FILE));
    }

    /** Names on one line, values on the next that begins alike; a counter that the kernel doesn't have yet is 0. */
    static Counters parse(List<String> lines) {
        List<String[]> ours = lines.stream()
                .filter(line -> line.startsWith(LINE))
                .map(line -> line.split(" ", -1))
                .toList();
        if (ours.size() != 2 || ours.get(0).length != ours.get(1).length) {
            throw new IllegalArgumentException("no two matching lines " + LINE + " in " + FILE);
        }
        Map<String, Long> counters = new HashMap<>();
        for (int i = 1; i < ours.get(0).length; i++) {
            counters.put(ours.get(0)[i], Long.parseLong(ours.get(1)[i]));
        }
        return new Counters(
                counters.getOrDefault("ListenOverflows", 0L),
                counters.getOrDefault("ListenDrops", 0L),
                counters.getOrDefault("TCPMigrateReqSuccess", 0L),
                counters.getOrDefault("TCPMigrateReqFailure", 0L));
    }
}
