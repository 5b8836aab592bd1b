package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.Claim;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.SocketRow;
import dev.handover.supervisor.linux.Split;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.Words;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The reuseport group of one address: its listeners that are held, and the program that steers it.
 *
 * <p>For one thread.
 */
final class SteeredGroup {
    private static final int MOST_LOOKS = 3;

    private final ListenAddress address;
    private final Kernel kernel;
    private final Membership membership;
    private final Map<Long, Member> held = new LinkedHashMap<>();
    /** Released, but holding a place until they can leave: see {@link ReleasePlan#kept}. */
    private final Set<Long> kept = new LinkedHashSet<>();

    private final GroupProgram program;
    private final Places places = new Places();
    private final ProgramCheck check;
    private final Drops drops = new Drops();
    /** Whom the program leads to what comes from a source. */
    private final Map<InetSocketAddress, Long> doors = new ConcurrentHashMap<>();

    /** As of the program that is set. */
    private Leads leads = Leads.NONE;

    private List<Long> serving = List.of();
    /** Whom the program leads some clients to that are not to reach those that serve. */
    private Optional<Leads.Canary> canary = Optional.empty();

    /** Whom the program leads all new connections to while they are to wait: {@link #putOnHold}. */
    private Optional<Long> gate = Optional.empty();

    private List<SocketRow> strangers = List.of();
    private long moves;

    /** Who is in the group now. */
    interface Membership {
        List<SocketRow> members() throws LinuxException;
    }

    SteeredGroup(ListenAddress address, Kernel kernel) {
        this(address, kernel, () -> kernel.listeners(address));
    }

    SteeredGroup(ListenAddress address, Kernel kernel, Membership membership) {
        this.address = address;
        this.kernel = kernel;
        this.membership = membership;
        this.program = new GroupProgram(address, kernel);
        this.check = new ProgramCheck(this, program, places);
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
                .filter(member -> !kept.contains(member.cookie()) && !isGate(member))
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

    /** Whether the generation is a canary, which gets some clients' new connections here, or shall once it has workers for them. */
    boolean isCanary(GenerationId generation) {
        return canary.filter(one -> one.split().canary().equals(generation)).isPresent();
    }

    /** Whom new connections of clients go to that are a generation's: the canary's, or else those that serve. */
    List<Member> ledTo(GenerationId generation) {
        return isCanary(generation) ? canaries() : serving();
    }

    /** Whom some clients' new connections go to, instead of to those that serve. */
    private List<Member> canaries() {
        return canaryCookies().stream()
                .map(cookie -> Objects.requireNonNull(held.get(cookie)))
                .toList();
    }

    private List<Long> canaryCookies() {
        return canary.map(Leads.Canary::members).orElse(List.of());
    }

    /** All whom the program leads clients' new connections to. */
    List<Member> led() {
        return Stream.concat(serving().stream(), canaries().stream()).toList();
    }

    boolean isLedTo(Member member) {
        return serves(member) || canaryCookies().contains(member.cookie());
    }

    /** The sockets in the group, as of the last look, that this service does not hold. They get nothing. */
    List<SocketRow> strangers() {
        return strangers;
    }

    /**
     * How often it was seen that somebody had left who may have moved others, so that new connections may have gone elsewhere
     * than they should until then; it only grows.
     */
    long moves() {
        return moves;
    }

    /** The sockets of other groups that get clients of the address before this group does, whosever they are. */
    List<SocketRow> preferred() throws LinuxException {
        return kernel.listeners(address.transport(), address.port()).stream()
                .filter(row -> row.takesClientsOf(address))
                .toList();
    }

    /** How often the group's program has been set since this was last asked. */
    int takePrograms() {
        return program.takeTimesSet();
    }

    /** How many packets its held listeners, those of all services, have dropped unasked; it only grows. */
    long drops() {
        return drops.total(
                held.values().stream().filter(member -> !isGate(member)).toList());
    }

    boolean isEmpty() {
        return held.isEmpty();
    }

    void hold(Member member) {
        held.put(member.cookie(), member);
    }

    /** Lets go of some that don't serve. */
    void drop(Collection<Member> members) {
        for (Member member : members) {
            if (held.remove(member.cookie()) != null) {
                drops.leave(member);
            }
            kept.remove(member.cookie());
            gate = gate.filter(cookie -> cookie != member.cookie());
            member.listener().close();
        }
        canary = canary.map(one -> one.among(held::containsKey));
        if (held.isEmpty()) {
            program.close();
        }
    }

    /** Lets go of all, and leaves clients to the kernel's hash. */
    void giveUp(long now) throws LinuxException {
        // It would lead clients to the dead, too.
        drop(held.values().stream()
                .filter(member -> !serves(member) && !member.isAttended(now))
                .toList());
        serving = List.of();
        canary = Optional.empty();
        try {
            for (Member member : held.values()) {
                member.listener().unseal();
                member.listener().stopSteering();
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
        List<Long> there = there(members);
        if (there.isEmpty()) {
            throw new IOException("nobody listens there any more: " + Words.and(members));
        }
        attach(there);
        serving = there;
    }

    /** The same, and no clients go to a canary any more. */
    void serveAlone(List<Member> members) throws IOException {
        Optional<Leads.Canary> before = canary;
        canary = Optional.empty();
        try {
            serve(members);
        } catch (IOException e) {
            canary = before;
            throw e;
        }
    }

    private List<Long> there(List<Member> members) {
        return members.stream().map(Member::cookie).filter(places::contains).toList();
    }

    /**
     * One setsockopt: from when it returns, new connections, or flows, of some clients go to these, and of all others to those
     * that serve.
     *
     * @param members placed by the last look, but for those that had left the group by then; with none of them, all clients
     *     go to those that serve
     */
    void share(Split split, List<Member> members) throws IOException {
        lead(Optional.of(new Leads.Canary(there(members), split)));
    }

    /**
     * The same, to those of a generation that are led to from now on, and stand here: of a canary's clients, or of all others.
     *
     * @param members placed by the last look; where a canary's are none, its clients go to those that serve
     */
    void lead(GenerationId generation, List<Member> members) throws IOException {
        if (isCanary(generation)) {
            lead(canary.map(one -> new Leads.Canary(there(members), one.split())));
        } else {
            serve(members);
        }
    }

    /** New connections of all clients go to those that serve. */
    void shareNoMore() throws IOException {
        if (canary.isPresent()) {
            lead(Optional.empty());
        }
    }

    private void lead(Optional<Leads.Canary> next) throws IOException {
        Optional<Leads.Canary> before = canary;
        canary = next;
        try {
            attach(serving);
        } catch (IOException e) {
            canary = before;
            throw e;
        }
    }

    /**
     * From when it returns, what comes from these sources reaches these members, whoever serves; whose place is not certain
     * has no door.
     *
     * @param leading placed by the last look
     */
    void openDoors(Map<InetSocketAddress, Member> leading) throws IOException {
        leading.forEach((source, member) -> doors.put(source, member.cookie()));
        attach(serving);
    }

    /** Whether what comes from there is the supervisor's own; any thread may ask. */
    boolean isDoor(InetSocketAddress source) {
        return doors.containsKey(source);
    }

    /** Whether it is certain where it stands, so that a door leads to it. */
    boolean isPlaced(Member member) {
        return places.certainly(member.cookie()).isPresent();
    }

    /** What comes from these sources is a client's as any other. */
    void closeDoors(Set<InetSocketAddress> sources) throws IOException {
        if (forgetDoors(sources)) {
            attach(serving);
        }
    }

    /**
     * The same, from the next program on.
     *
     * @return whether there were any
     */
    boolean forgetDoors(Set<InetSocketAddress> sources) {
        return doors.keySet().removeAll(sources);
    }

    /** Moves new connections to a listener of the supervisor's own, where they wait until others serve. */
    Member standIn(Member worker) throws IOException {
        Member standIn = worker.standIn();
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

    /**
     * From when it returns, new connections wait at a listener of the supervisor's own, whoever serves; what a door leads goes
     * where it went.
     */
    void putOnHold() throws IOException {
        Member standIn = serving().get(0).standIn();
        hold(standIn);
        try {
            look(); // by which it has a place
            gate = Optional.of(standIn.cookie());
            attach(serving);
        } catch (IOException e) {
            drop(List.of(standIn));
            throw e;
        }
    }

    /**
     * From when it returns, new connections go to those that serve.
     *
     * @return how many packets were dropped meanwhile
     * @throws IOException if the program can't be set: without that listener the kernel's hash leads them to any member
     */
    long takeOffHold(long now) throws IOException {
        Optional<Member> last = gate.map(held::get);
        if (last.isEmpty()) {
            return 0; // nothing is held here any more
        }
        Member standIn = last.get();
        gate = Optional.empty();
        try {
            attach(serving);
            program.awaitOlderPackets();
            long turnedAway = standIn.listener().takeDropped();
            release(List.of(standIn), now);
            return turnedAway;
        } catch (IOException e) {
            drop(List.of(standIn));
            throw e;
        }
    }

    private boolean isGate(Member member) {
        return gate.filter(cookie -> cookie == member.cookie()).isPresent();
    }

    /** Nobody of this group serves any more, and new clients may be refused. */
    void serveNobody() {
        serving = List.of();
        canary = Optional.empty();
    }

    /**
     * Says that the group is steered from here, as long as any is held.
     *
     * @throws Claim.Taken if another supervisor steers it
     */
    void claim() throws IOException {
        program.claim();
    }

    private void attach(List<Long> cookies) throws IOException {
        // Where nobody serves any more, a canary is better than nobody.
        List<Long> among = gate.map(List::of).orElse(cookies.isEmpty() ? canaryCookies() : cookies);
        if (!among.isEmpty()) {
            Leads next = leads();
            program.set(
                    Objects.requireNonNull(held.get(among.get(0))),
                    next.orElse(places.order().indices(among), places::certainly));
            leads = next;
        }
    }

    /** Whom the next program leads to what; those whose worker has ended, or who are only kept, to nothing. */
    private Leads leads() {
        return Leads.of(doors, members(member -> !member.isOrphan()), gate.isEmpty() ? canary : Optional.empty());
    }

    /**
     * Asks the kernel whether the program that was set here is still the group's, and sets it again if not: any process that
     * has a member open may set another, and new connections go where that says.
     *
     * @return whether it was; also where that can't be told, or makes no difference
     */
    boolean checkProgram() throws IOException {
        look();
        return check.isObeyed();
    }

    /** All, also those that are only kept. */
    List<Member> allHeld() {
        return List.copyOf(held.values());
    }

    /** Whether there is a program that makes a difference. */
    boolean isSteered() {
        return !serving.isEmpty() && places.order().size() >= 2;
    }

    /** Whether nobody has come or gone since the last look. */
    boolean isAsLastSeen() throws LinuxException {
        return Places.cookies(membership.members()).equals(Set.copyOf(order()));
    }

    /** The program that is meant to be the group's. */
    void setAgain() throws IOException {
        attach(serving);
    }

    /** Why it could not be told at some look since this was last asked whether another program is the group's; empty if it could. */
    String takeUnseen() {
        return check.takeUnseen();
    }

    /** How often another program was found to be the group's since this was last asked. */
    int takeOverruled() {
        return check.takeOverruled();
    }

    /**
     * Follows what has happened to the group. If somebody has left unseen, all are placed and the program set anew.
     *
     * @throws IOException if where the held ones stand can't be told
     */
    void look() throws IOException {
        for (int i = 0; i < MOST_LOOKS; i++) {
            List<SocketRow> rows = membership.members();
            try {
                if (!follow(rows) || areStillThere(rows)) {
                    return;
                }
            } catch (IOException e) {
                if (areStillThere(rows)) {
                    throw e;
                }
            }
            // Who leaves while others are being placed may move them, or be one of them.
        }
        throw new IOException(address + ": listeners come and go too fast to tell where they stand");
    }

    private boolean areStillThere(List<SocketRow> rows) throws LinuxException {
        return Places.cookies(membership.members()).containsAll(Places.cookies(rows));
    }

    /** @return whether the kernel had to be asked where some stand, which takes a while */
    private boolean follow(List<SocketRow> rows) throws IOException {
        Set<Long> present = Places.cookies(rows);
        strangers = rows.stream().filter(row -> !held.containsKey(row.cookie())).toList();
        serving = serving.stream().filter(present::contains).toList();
        canary = canary.map(one -> one.among(present::contains));
        Places.Look look = places.follow(
                rows,
                held.values().stream().map(Member::listener).toList(),
                gate.map(List::of).orElse(serving),
                leads(),
                serving.isEmpty() ? Optional.empty() : program.signature());
        program.wasSet(look.programs());
        if (look.moved()) {
            moves++;
            attach(serving);
        }
        return look.programs() > 0;
    }

    /**
     * Lets members leave that do not serve, as far as the program is right before and after each step; who can't leave so
     * is kept, and leaves at a later call; what waits in it is reset at once if nobody accepts it.
     */
    void release(Collection<Member> leaving, long now) throws IOException {
        leaving.forEach(member -> kept.add(member.cookie()));
        look();
        check.isObeyed();
        if (kept.stream().anyMatch(leads::isTagged)) {
            attach(serving); // before another takes the place that the program names
        }
        boolean asPlanned;
        do {
            dropThoseThatLeft();
            ReleasePlan<Long> plan = ReleasePlan.of(places.order(), staying(), kept, areAllToStay());
            asPlanned = perform(plan.steps());
        } while (!asPlanned);
        for (long cookie : kept) {
            resetUnattended(Objects.requireNonNull(held.get(cookie)), now);
        }
    }

    /** Whether nobody that serves can be done without for a moment: a flow has one alone, and a canary's clients have few. */
    private boolean areAllToStay() {
        return address.transport() == Transport.UDP || canary.isPresent() || gate.isPresent();
    }

    /**
     * Whom the program names, so that nobody's leaving may move them: those that serve and a canary, or whom all wait at, and the
     * tagged ones.
     */
    private List<Long> staying() {
        Set<Long> staying = new LinkedHashSet<>(gate.map(List::of).orElse(serving));
        if (!staying.isEmpty()) {
            if (gate.isEmpty()) {
                staying.addAll(canaryCookies());
            }
            leads.tags().values().forEach(staying::addAll);
            staying.removeIf(cookie -> !places.contains(cookie));
        }
        return List.copyOf(staying);
    }

    private static void resetUnattended(Member member, long now) {
        if (member.isTcp() && !member.isAttended(now)) {
            try {
                member.listener().resetWaiting();
            } catch (LinuxException e) {
                // Its clients wait until it leaves, as lost as they are counted.
            }
        }
    }

    /** A worker's shutdown(2) takes its listener out of the group, also where others hold it. */
    private void dropThoseThatLeft() {
        kept.removeIf(cookie -> !held.containsKey(cookie));
        drop(kept.stream()
                .filter(cookie -> !places.contains(cookie))
                .map(cookie -> Objects.requireNonNull(held.get(cookie)))
                .toList());
    }

    private boolean perform(List<Step<Long>> steps) throws IOException {
        boolean restricted = false;
        for (Step<Long> step : steps) {
            if (step instanceof Step.Steer<Long> steer) {
                attach(steer.members());
                restricted = !steer.members().equals(serving);
            } else if (step instanceof Step.Leave<Long> leave) {
                long cookie = leave.member();
                Optional<Member> member = held(cookie);
                if (member.isPresent()) {
                    program.awaitOlderPackets();
                    member.get().end();
                    drop(List.of(member.get()));
                }
                kept.remove(cookie);
                if (!places.followLeave(cookie, membership.members())) {
                    look();
                    if (restricted) {
                        attach(serving);
                    }
                    return false;
                }
            }
        }
        boolean somebodyLeft = steps.stream().anyMatch(step -> step instanceof Step.Leave<Long>);
        if (somebodyLeft && !doors.isEmpty()) {
            attach(serving); // who has moved may be behind a door
        }
        return true;
    }

    /** The members' cookies, by index. */
    List<Long> order() {
        return places.order().members();
    }

    /** Whether a held listener is released, and only keeps its place. */
    boolean isKept(Member member) {
        return kept.contains(member.cookie());
    }
}
