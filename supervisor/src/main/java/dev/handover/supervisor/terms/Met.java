package dev.handover.supervisor.terms;

import java.util.List;

/**
 * Which clients a canary met, as far as the kernel had told when it was left: it tells of an end some time after that.
 *
 * @param connections how many came to it at least, of TCP
 * @param clients of how many addresses, of IPv6 of how many networks of 64 bits
 * @param first the addresses of the first of them
 * @param unseen why some may be missing; empty where none are
 */
public record Met(long connections, long clients, List<String> first, String unseen) {
    public Met {
        first = List.copyOf(first);
    }

    /** The same, for those who may not see who the clients were. */
    public Met withoutNames() {
        return new Met(connections, clients, List.of(), unseen);
    }

    /** For people. */
    @Override
    public String toString() {
        String names = String.join(", ", first);
        long more = clients - first.size();
        return "at least " + Counts.text(connections, "connection") + " of " + Counts.text(clients, "client")
                + (names.isEmpty() ? "" : " (" + names + (more > 0 ? " and " + more + " more" : "") + ")")
                + (unseen.isEmpty() ? "" : "; " + unseen);
    }
}
