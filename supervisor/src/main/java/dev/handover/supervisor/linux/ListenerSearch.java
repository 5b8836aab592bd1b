package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a worker listens on, against what it was declared to listen on.
 *
 * @param found for each declared address the sockets there that the worker or a descendant holds, each once; may be empty
 * @param near sockets of the worker on a declared port, but of another family or address, or bound to a device: with these,
 *     clients do not reach the group they should
 * @param unreadable processes whose descriptors may not be read, so that sockets of theirs are not in {@code found}
 */
public record ListenerSearch(
        Map<ListenAddress, List<OwnedSocket>> found, List<OwnedSocket> near, List<Long> unreadable) {
    public ListenerSearch {
        found = Map.copyOf(found);
        near = List.copyOf(near);
        unreadable = List.copyOf(unreadable);
    }

    /** The declared addresses where the worker has no socket. */
    public List<ListenAddress> missing() {
        return found.entrySet().stream()
                .filter(entry -> entry.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }

    public boolean complete() {
        return missing().isEmpty();
    }

    /** Whether what is missing may exist all the same, in a process whose descriptors may not be read. */
    public boolean isUnknown() {
        return !complete() && !unreadable.isEmpty();
    }

    /** For people: what is missing, what may be the reason, and what to change; empty if nothing is. */
    public String explanation() {
        if (complete()) {
            return "";
        }
        StringBuilder text = new StringBuilder("nothing listens on ");
        text.append(missing().stream().map(ListenAddress::toString).sorted().collect(Collectors.joining(", ")));
        for (OwnedSocket socket : near) {
            SocketRow there = socket.socket();
            text.append("; pid ").append(socket.pid()).append(" listens on ").append(there);
            missing().stream()
                    .filter(address -> address.transport() == there.transport()
                            && address.port() == there.local().getPort())
                    .findFirst()
                    .ifPresent(address ->
                            text.append(", where its clients do not come: ").append(there.advice(address)));
        }
        for (long pid : unreadable) {
            text.append("; the descriptors of pid ")
                    .append(pid)
                    .append(" may not be read (EACCES on /proc/")
                    .append(pid)
                    .append("/fd: another user's process, or not dumpable)");
        }
        return text.toString();
    }
}
