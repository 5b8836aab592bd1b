package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.ListenAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * All declared listeners, of all services.
 *
 * <p>Two declarations of one address end up in one reuseport group, where the kernel would deal one service's connections
 * to the other's workers, too. A dual-stack {@code [::]} and a {@code 0.0.0.0} on one port are two groups, but the kernel
 * prefers the socket of the packet's own family: the dual-stack one would never see an IPv4 client. A specific address
 * beside a wildcard is no conflict: the kernel prefers the specific one, and that is what is wanted.
 */
final class ListenerRegistry {
    private record Declared(ListenAddress address, Node node) {}

    private final List<Declared> all = new ArrayList<>();

    void add(ListenAddress address, Node node) {
        all.add(new Declared(address, node));
    }

    void reportConflicts() {
        all.sort(Comparator.comparing(Declared::node, Node.BY_PLACE));
        for (int i = 0; i < all.size(); i++) {
            Declared later = all.get(i);
            all.subList(0, i).stream()
                    .filter(earlier -> conflict(earlier.address, later.address))
                    .findFirst()
                    .ifPresent(earlier -> later.node.problem(text(earlier, later)));
        }
    }

    private static boolean conflict(ListenAddress one, ListenAddress other) {
        return one.transport() == other.transport()
                && one.port() == other.port()
                && (one.address().equals(other.address()) || shareIpv4(one, other) || shareIpv4(other, one));
    }

    private static boolean shareIpv4(ListenAddress dualStack, ListenAddress ipv4) {
        return dualStack.dualStack() && !ipv4.isIpv6() && ipv4.address().isAnyLocalAddress();
    }

    private static String text(Declared earlier, Declared later) {
        String place = " (" + earlier.node.key() + ", " + earlier.node.placeFor(later.node) + ")";
        if (earlier.address.address().equals(later.address.address())) {
            return earlier.address + " is declared already" + place;
        }
        return later.address + " and " + earlier.address + place
                + " both take IPv4 clients, and the kernel gives them all to 0.0.0.0; drop one, or ?dual-stack";
    }
}
