package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.Choice;
import dev.handover.supervisor.linux.GroupOrder;
import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.linux.Signature;
import dev.handover.supervisor.linux.SocketRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Who stands where in one reuseport group; sockets are named by their cookies.
 *
 * <p>Where a held listener stands is exact: it was asked of the kernel, and followed from there on. Strangers, whose joins
 * and leaves nobody sees, stand in the places that are left, in no known order; if one has left, all is asked anew.
 *
 * <p>For one thread.
 */
final class Places {
    /** Every member by index; exact for those that are {@link #placed}. */
    private Order<Long> order = new Order<>(List.of());

    private Set<Long> placed = Set.of();

    /**
     * What a look has found.
     *
     * @param programs how often the group's program was set to ask the kernel where some stand, which takes a while
     * @param moved whether somebody that a program may name stands elsewhere than that says
     */
    record Look(int programs, boolean moved) {}

    /** The members by index. */
    Order<Long> order() {
        return order;
    }

    /** Where a member stands, if that is certain. */
    OptionalInt certainly(long cookie) {
        return placed.contains(cookie) ? OptionalInt.of(order.indexOf(cookie)) : OptionalInt.empty();
    }

    boolean contains(long cookie) {
        return order.contains(cookie);
    }

    /**
     * Follows what has happened since the last look.
     *
     * @param rows who is in the group now
     * @param held those of them, and others, that are to be placed
     * @param serving whom the program chooses among; all of them are in the group
     * @param leads whom it leads to what
     * @param signature what the program bears, if it bears any
     * @throws IOException if where the held ones stand can't be told
     */
    Look follow(
            List<SocketRow> rows,
            Collection<HeldListener> held,
            List<Long> serving,
            Leads leads,
            Optional<Signature> signature)
            throws IOException {
        Set<Long> present = cookies(rows);
        boolean somebodyLeft = !present.containsAll(order.members());
        Map<Integer, Long> where = new HashMap<>();
        if (!somebodyLeft || followOnlyLeaver(present)) {
            placed.forEach(cookie -> where.put(order.indexOf(cookie), cookie));
        }
        List<HeldListener> missing = held.stream()
                .filter(listener -> present.contains(listener.socket().cookie()))
                .filter(listener -> !where.containsValue(listener.socket().cookie()))
                .toList();
        List<Integer> free = likeliestFirst(rows, where, missing);
        List<Long> certain = serving.stream().filter(where::containsValue).toList();
        // Where none is certain, where they stood is more likely right than a hash over all, strangers included.
        List<Integer> likely = (certain.isEmpty() ? serving : certain)
                .stream()
                        .filter(order::contains)
                        .map(order::indexOf)
                        .filter(index -> index < rows.size())
                        .toList();
        Optional<Choice> meanwhile = likely.isEmpty()
                ? Optional.empty()
                : Optional.of(leads.orElse(likely, cookie -> placeOf(cookie, where)));
        GroupOrder.Found found = GroupOrder.find(missing, free, meanwhile, signature);
        found.places()
                .forEach((index, listener) -> where.put(index, listener.socket().cookie()));
        fill(present, where);
        return new Look(found.programs(), somebodyLeft || certain.size() < serving.size());
    }

    private static OptionalInt placeOf(long cookie, Map<Integer, Long> where) {
        return where.entrySet().stream()
                .filter(place -> place.getValue() == cookie)
                .mapToInt(Map.Entry::getKey)
                .findFirst();
    }

    private void fill(Set<Long> present, Map<Integer, Long> where) {
        placed = Set.copyOf(where.values());
        List<Long> others = new ArrayList<>(present);
        others.removeAll(placed);
        order = new Order<>(IntStream.range(0, present.size())
                .mapToObj(index -> where.containsKey(index) ? where.get(index) : others.remove(0))
                .toList());
    }

    /**
     * Where it is certain who moved: one held listener has left, as by its worker's shutdown(2), and nobody has come.
     *
     * @return whether it was so
     */
    private boolean followOnlyLeaver(Set<Long> present) {
        List<Long> gone = order.members().stream()
                .filter(cookie -> !present.contains(cookie))
                .toList();
        if (gone.size() != 1 || !placed.containsAll(gone) || present.size() != order.size() - 1) {
            return false;
        }
        order.leave(gone.get(0));
        keepPlaced(present::contains);
        return true;
    }

    /**
     * The indices where nobody is known to stand. Newcomers stand in the order they came in, unless one of them has left
     * again, so that those that are looked for are mostly found at the first look.
     */
    private static List<Integer> likeliestFirst(
            List<SocketRow> rows, Map<Integer, Long> where, List<HeldListener> missing) {
        List<Integer> free = IntStream.range(0, rows.size())
                .boxed()
                .filter(index -> !where.containsKey(index))
                .toList();
        List<Long> newcomers = SocketRow.byAge(rows).stream()
                .map(SocketRow::cookie)
                .filter(cookie -> !where.containsValue(cookie))
                .toList();
        Set<Long> wanted =
                missing.stream().map(listener -> listener.socket().cookie()).collect(Collectors.toSet());
        return IntStream.range(0, free.size())
                .boxed()
                .sorted(Comparator.comparing(place -> !wanted.contains(newcomers.get(place))))
                .map(free::get)
                .toList();
    }

    /**
     * Follows one that was let go of.
     *
     * @param rows who is in the group now
     * @return whether all that were placed still are; else a look must place them
     */
    boolean followLeave(long leaver, List<SocketRow> rows) {
        Set<Long> present = cookies(rows);
        // Else its worker has it open: a stranger from now on, in its old place.
        boolean left = !present.contains(leaver);
        boolean somebodyCame = !order.members().containsAll(present);
        boolean othersLeft = order.members().stream().anyMatch(cookie -> cookie != leaver && !present.contains(cookie));
        Set<Long> moved = new HashSet<>(Set.of(leaver));
        if (somebodyCame) {
            // Who has come since the last look may have been the last one already, and not the one known to be.
            moved.add(order.last());
        }
        keepPlaced(cookie -> !othersLeft && !moved.contains(cookie));
        if (left) {
            order.leave(leaver);
        }
        return left && !somebodyCame && !othersLeft;
    }

    private void keepPlaced(Predicate<Long> which) {
        placed = placed.stream().filter(which).collect(Collectors.toUnmodifiableSet());
    }

    static Set<Long> cookies(List<SocketRow> rows) {
        return rows.stream().map(SocketRow::cookie).collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
