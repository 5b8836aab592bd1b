package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.GroupOrder;
import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.linux.SocketRow;
import dev.handover.supervisor.linux.Steering.Among;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The reuseport group of one address: its listeners that are held, and the program that steers it.
 *
 * <p>Where a held listener stands is exact: it was asked of the kernel, and followed from there on. Strangers, whose joins
 * and leaves nobody sees, stand in the places that are left, in no known order; if one has left, all is asked anew.
 *
 * <p>For one thread.
 */
final class SteeredGroup {
    private static final int MOST_LOOKS = 3;

    private final ListenAddress address;
    private final SockDiag sockets;
    private final Kernel kernel;
    private final Map<Long, Member> held = new LinkedHashMap<>();
    /** Released, but holding a place until they can leave: see {@link ReleasePlan#kept}. */
    private final Set<Long> kept = new LinkedHashSet<>();
    /** Every member's cookie by index; exact for those that are {@link #placed}. */
    private Group<Long> order = new Group<>(List.of());

    private Set<Long> placed = Set.of();
    private List<Long> serving = List.of();
    private List<SocketRow> strangers = List.of();

    /** Who is in the group now. */
    interface Kernel {
        List<SocketRow> members() throws LinuxException;
    }

    SteeredGroup(ListenAddress address, SockDiag sockets) {
        this(address, sockets, () -> sockets.listeners(address));
    }

    SteeredGroup(ListenAddress address, SockDiag sockets, Kernel kernel) {
        this.address = address;
        this.sockets = sockets;
        this.kernel = kernel;
    }

    ListenAddress address() {
        return address;
    }

    Optional<Member> held(long cookie) {
        return Optional.ofNullable(held.get(cookie));
    }

    /** Those held for some worker, whether it serves or not. */
    List<Member> members(Predicate<Member> which) {
        return held.values().stream()
                .filter(one -> !kept.contains(one.cookie()))
                .filter(which)
                .toList();
    }

    /** Whom the program chooses among; empty if there is none. */
    List<Member> serving() {
        return serving.stream()
                .map(cookie -> Objects.requireNonNull(held.get(cookie)))
                .toList();
    }

    boolean serves(Member member) {
        return serving.contains(member.cookie());
    }

    /** The sockets in the group, as of the last look, that this service does not hold. They get nothing. */
    List<SocketRow> strangers() {
        return strangers;
    }

    boolean isEmpty() {
        return held.isEmpty();
    }

    void hold(Member member) {
        held.put(member.cookie(), member);
    }

    /** Lets go of some that don't serve. */
    void drop(Collection<Member> members) {
        for (Member one : members) {
            held.remove(one.cookie());
            kept.remove(one.cookie());
            one.listener().close();
        }
    }

    /** Lets go of all, and leaves clients to the kernel's hash. */
    void giveUp() throws LinuxException {
        // It would lead clients to the dead, too.
        drop(held.values().stream()
                .filter(one -> !serves(one) && !one.isAttended())
                .toList());
        serving = List.of();
        try {
            for (Member one : held.values()) {
                one.listener().unseal();
                one.listener().stopSteering();
            }
        } finally {
            dropAll();
        }
    }

    void dropAll() {
        drop(List.copyOf(held.values()));
    }

    /**
     * One setsockopt: from when it returns, new connections, or flows, go to these and nobody else.
     *
     * @param members placed by the last look, but for those that had left the group by then
     * @throws IOException if all had
     */
    void serve(List<Member> members) throws IOException {
        List<Long> there =
                members.stream().map(Member::cookie).filter(order::contains).toList();
        if (there.isEmpty()) {
            throw new IOException("nobody listens there any more: " + members);
        }
        attach(there);
        serving = there;
    }

    /** Moves new connections to a listener of the supervisor's own, where they wait until others serve. */
    Member standIn(Member worker) throws IOException {
        Member standIn = worker.standIn(sockets);
        hold(standIn);
        try {
            look();
            serve(List.of(standIn));
        } catch (IOException e) {
            drop(List.of(standIn));
            throw e;
        }
        return standIn;
    }

    /** Nobody of this group serves any more, and new clients may be refused. */
    void serveNobody() {
        serving = List.of();
    }

    private void attach(List<Long> cookies) throws IOException {
        if (!cookies.isEmpty()) {
            Member any = Objects.requireNonNull(held.get(cookies.get(0)));
            try {
                any.listener().steer(new Among(order.indices(cookies)));
            } catch (LinuxException e) {
                if (e.errno().equals("EINVAL")) {
                    throw new IOException(any + " is in no group: it was opened without SO_REUSEPORT", e);
                }
                throw e;
            }
        }
    }

    /**
     * Follows what has happened to the group. If somebody has left unseen, all are placed and the program set anew.
     *
     * @throws IOException if where the held ones stand can't be told
     */
    void look() throws IOException {
        for (int i = 0; i < MOST_LOOKS; i++) {
            boolean asked = follow(kernel.members());
            // Who leaves while others are being placed may move them.
            if (!asked || cookies(kernel.members()).containsAll(order.order())) {
                return;
            }
        }
        throw new IOException(address + ": listeners come and go too fast to tell where they stand");
    }

    /** @return whether the kernel had to be asked where some stand, which takes a while */
    private boolean follow(List<SocketRow> rows) throws IOException {
        Set<Long> present = cookies(rows);
        strangers = rows.stream().filter(row -> !held.containsKey(row.cookie())).toList();
        serving = serving.stream().filter(present::contains).toList();
        boolean somebodyLeft = !present.containsAll(order.order());
        boolean followed = !somebodyLeft || followOnlyLeaver(present);
        Map<Integer, Long> where = new HashMap<>();
        if (followed) {
            placed.forEach(cookie -> where.put(order.indexOf(cookie), cookie));
        }
        List<HeldListener> missing = held.values().stream()
                .filter(one -> present.contains(one.cookie()) && !where.containsValue(one.cookie()))
                .map(Member::listener)
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
        Optional<Among> meanwhile = likely.isEmpty() ? Optional.empty() : Optional.of(new Among(likely));
        GroupOrder.find(missing, free, meanwhile)
                .forEach((index, one) -> where.put(index, one.socket().cookie()));
        placed = Set.copyOf(where.values());
        List<Long> others = new ArrayList<>(present);
        others.removeAll(placed);
        order = new Group<>(IntStream.range(0, present.size())
                .mapToObj(index -> where.containsKey(index) ? where.get(index) : others.remove(0))
                .toList());
        if (somebodyLeft || certain.size() < serving.size()) {
            attach(serving);
        }
        return !missing.isEmpty() && free.size() > 1;
    }

    /**
     * Where it is certain who moved: one held listener has left, as by its worker's shutdown(2), and nobody has come.
     *
     * @return whether it was so
     */
    private boolean followOnlyLeaver(Set<Long> present) {
        List<Long> gone =
                order.order().stream().filter(one -> !present.contains(one)).toList();
        if (gone.size() != 1 || !placed.containsAll(gone) || present.size() != order.size() - 1) {
            return false;
        }
        order.leave(gone.get(0));
        placed = present.stream().filter(placed::contains).collect(Collectors.toUnmodifiableSet());
        return true;
    }

    /**
     * The indices where nobody is known to stand. Newcomers stand in the order they came in, unless one of them has left
     * again, so that those that are looked for are mostly found at the first look.
     */
    private List<Integer> likeliestFirst(List<SocketRow> rows, Map<Integer, Long> where, List<HeldListener> missing) {
        List<Integer> free = IntStream.range(0, rows.size())
                .boxed()
                .filter(index -> !where.containsKey(index))
                .toList();
        List<Long> newcomers = SocketRow.byAge(rows).stream()
                .map(SocketRow::cookie)
                .filter(cookie -> !where.containsValue(cookie))
                .toList();
        Set<Long> wanted = missing.stream().map(one -> one.socket().cookie()).collect(Collectors.toSet());
        return IntStream.range(0, free.size())
                .boxed()
                .sorted(Comparator.comparing(place -> !wanted.contains(newcomers.get(place))))
                .map(free::get)
                .toList();
    }

    /**
     * Lets members leave that do not serve, as far as the program is right before and after each step; who can't leave so
     * is kept, and leaves at a later call; what waits in it is reset at once if nobody accepts it.
     */
    void release(Collection<Member> leaving) throws IOException {
        leaving.forEach(one -> kept.add(one.cookie()));
        look();
        boolean asPlanned;
        do {
            dropThoseThatLeft();
            ReleasePlan<Long> plan = ReleasePlan.of(order, serving, kept, address.transport() == Transport.UDP);
            asPlanned = perform(plan.steps());
        } while (!asPlanned);
        for (long cookie : kept) {
            resetUnattended(Objects.requireNonNull(held.get(cookie)));
        }
    }

    private static void resetUnattended(Member one) {
        if (one.isTcp() && !one.isAttended()) {
            try {
                one.listener().resetWaiting();
            } catch (LinuxException e) {
                // Its clients wait until it leaves, as lost as they are counted.
            }
        }
    }

    /** A worker's shutdown(2) takes its listener out of the group, also where others hold it. */
    private void dropThoseThatLeft() {
        kept.removeIf(cookie -> !held.containsKey(cookie));
        drop(kept.stream()
                .filter(cookie -> !order.contains(cookie))
                .map(cookie -> Objects.requireNonNull(held.get(cookie)))
                .toList());
    }

    private boolean perform(List<Step<Long>> steps) throws IOException {
        for (Step<Long> step : steps) {
            if (step instanceof Step.Steer<Long> steer) {
                attach(steer.members());
            } else if (step instanceof Step.Leave<Long> leave) {
                long cookie = leave.member();
                Optional<Member> member = held(cookie);
                if (member.isPresent()) {
                    member.get().end();
                    drop(List.of(member.get()));
                }
                kept.remove(cookie);
                if (!followLeave(cookie)) {
                    look();
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Follows one that was let go of.
     *
     * @return whether all that were placed still are; else a look must place them
     */
    private boolean followLeave(long cookie) throws LinuxException {
        Set<Long> present = cookies(kernel.members());
        boolean left =
                !present.contains(cookie); // else its worker has it open: a stranger from now on, in its old place
        boolean somebodyCame = !order.order().containsAll(present);
        boolean othersLeft = order.order().stream().anyMatch(one -> one != cookie && !present.contains(one));
        // Who has come since the last look may have been the last one already, and not the one that was known to be.
        Set<Long> moved = somebodyCame ? Set.of(cookie, order.last()) : Set.of(cookie);
        placed = othersLeft
                ? Set.of()
                : placed.stream().filter(one -> !moved.contains(one)).collect(Collectors.toUnmodifiableSet());
        if (left) {
            order.leave(cookie);
        }
        return left && !somebodyCame && !othersLeft;
    }

    private static Set<Long> cookies(List<SocketRow> rows) {
        return rows.stream().map(SocketRow::cookie).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The members' cookies, by index. */
    List<Long> order() {
        return order.order();
    }

    /** Whether a held listener is released, and only keeps its place. */
    boolean isKept(Member member) {
        return kept.contains(member.cookie());
    }
}
