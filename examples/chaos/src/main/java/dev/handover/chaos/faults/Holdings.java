package dev.handover.chaos.faults;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What dies with a process, looked up while it is stopped: clients are named as a load names them, {@code address port}.
 *
 * @param accepted the clients whose connection it has open
 * @param queued all clients that nobody has accepted yet, where a listener waits or takes handshakes that no other process
 *     has open; which of them are in that one the kernel does not tell. Else empty
 * @param elsewhere the clients that others have accepted. Who is none of them may have come to its queue since, where {@code
 *     isAlone}
 * @param isAlone whether a listener of it no other process has open
 * @param isLast whether nobody else listens at one of the addresses
 * @param open how many connections the service has, with all of its processes
 */
record Holdings(
        Set<String> accepted, Set<String> queued, Set<String> elsewhere, boolean isAlone, boolean isLast, int open) {
    private static final Pattern ROW =
            Pattern.compile("([A-Z-]+) +([0-9]+) +[0-9]+ +\\S+:([0-9]+) +(\\S+):(\\S+)(?: .*)?");
    private static final Pattern INODE = Pattern.compile(" ino:([0-9]+)");

    static Holdings of(long pid, Site site) throws IOException {
        Set<Long> own = new HashSet<>(Processes.socketsOf(pid));
        Set<Long> others = new HashSet<>();
        for (long other : site.processes().all()) {
            if (other != pid) {
                others.addAll(Processes.socketsOf(other));
            }
        }
        Set<String> accepted = new HashSet<>();
        Set<String> unowned = new HashSet<>();
        Map<String, Boolean> othersListen = new HashMap<>();
        boolean isAloneWithSome = false;
        boolean isAlone = false;
        Set<String> elsewhere = new HashSet<>();
        boolean someShakeHands = false;
        int open = 0;
        for (String line : rows(site)) {
            Matcher row = ROW.matcher(line);
            if (!row.matches()) {
                throw new IOException("ss said what can't be read: " + line);
            }
            Matcher of = INODE.matcher(line);
            long inode = of.find() ? Long.parseLong(of.group(1)) : 0;
            String client = row.group(4) + " " + row.group(5);
            if (row.group(1).equals("LISTEN")) {
                othersListen.merge(row.group(3), others.contains(inode), Boolean::logicalOr);
                boolean alone = own.contains(inode) && !others.contains(inode);
                isAlone |= alone;
                isAloneWithSome |= alone && !row.group(2).equals("0");
                continue;
            }
            if (own.contains(inode)) {
                accepted.add(client);
                open++;
            } else {
                someShakeHands |= row.group(1).equals("SYN-RECV");
                (inode == 0 ? unowned : elsewhere).add(client);
                open++;
            }
        }
        boolean takesQueue = isAloneWithSome || (isAlone && someShakeHands);
        return new Holdings(
                accepted, takesQueue ? unowned : Set.of(), elsewhere, isAlone, othersListen.containsValue(false), open);
    }

    /** How many connections the service has. */
    static int open(Site site) throws IOException {
        return (int)
                rows(site).stream().filter(row -> !row.startsWith("LISTEN")).count();
    }

    private static List<String> rows(Site site) throws IOException {
        return site.processes()
                .sockets(
                        "state",
                        "listening",
                        "state",
                        "established",
                        "state",
                        "close-wait",
                        "state",
                        "syn-recv",
                        "( sport = :" + site.address().http() + " or sport = :"
                                + site.address().lines() + " )");
    }
}
