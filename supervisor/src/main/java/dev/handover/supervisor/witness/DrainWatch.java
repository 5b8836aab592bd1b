package dev.handover.supervisor.witness;

import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.SessionProcesses;
import dev.handover.supervisor.linux.SignalActions;
import dev.handover.supervisor.linux.TcpFigures;
import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.EndedBy;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.OpenConnection;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SignalsTo;
import dev.handover.supervisor.terms.WorkerId;
import dev.handover.supervisor.witness.Evidence.First;
import dev.handover.supervisor.witness.Judgement.Fate;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** One worker's drain, from before it is told until the last of what it held has ended. For one thread. */
final class DrainWatch {
    /** How long the kernel may take to tell of an end that a look has found to be over. */
    private static final long TELLING = Duration.ofMillis(500).toNanos();

    private static final long FIRST_PAUSE = Duration.ofMillis(2).toNanos();
    private static final long STRAY_PAUSE = Duration.ofSeconds(1).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofMillis(100).toNanos();
    /** Of all time, at most one part in so many is spent looking, however long one look takes. */
    private static final int SHARE = 10;

    private final WorkerId worker;
    private final long pid;
    private final List<ListenAddress> listen;
    private final Set<Place> places;
    private final Optional<Signal> signal;
    private final SignalsTo to;
    private final boolean accepts;
    private final Optional<Silence> silence;
    private final SessionProcesses processes;
    private final Map<Long, Tracked> open = new HashMap<>();
    private final EnumMap<Fate, Long> fates = new EnumMap<>(Fate.class);
    private final EnumMap<Doubt, Long> doubts = new EnumMap<>(Doubt.class);
    private final Outsiders outsiders = new Outsiders();
    private final LeftOpen leftOpen = new LeftOpen();
    private long handedOn;
    /** Whether it was seen to end a connection by itself. */
    private boolean endsByItself;

    private long nextStrayLook;
    /** Its process was on its way out as the first look at what it holds was over. */
    private boolean late;

    private boolean overrun;
    private long pause = FIRST_PAUSE;
    private long nextLook;
    private boolean processEnded;
    private EndedBy endedBy = EndedBy.ITSELF;
    private long patientUntil;
    private long overSince;
    private long toldHeld = -1;
    private boolean toldQuiet;
    private List<Tracked> toldOldest = List.of();
    private long lastHeld = -1;

    DrainWatch(
            WorkerId worker,
            long pid,
            List<ListenAddress> listen,
            Set<Place> places,
            Optional<Signal> signal,
            SignalsTo to,
            boolean accepts,
            Optional<Duration> quiet) {
        this.worker = worker;
        this.pid = pid;
        this.listen = List.copyOf(listen);
        this.places = Set.copyOf(places);
        this.signal = signal;
        this.to = to;
        this.accepts = accepts;
        this.silence = quiet.map(Silence::new);
        this.processes = new SessionProcesses(pid);
    }

    WorkerId worker() {
        return worker;
    }

    long pid() {
        return pid;
    }

    Set<Place> places() {
        return places;
    }

    /**
     * Whether its drain signal would do nothing but end who serves: its own process, or where all of its group is sent it, one
     * that holds a connection. Who holds none, such as a shell, may end.
     */
    boolean endsAtSignal() {
        return signal.filter(sent -> concerned().anyMatch(one -> SignalActions.isDefault(one, sent)))
                .isPresent();
    }

    private boolean isOfItsGroup(long process) {
        return Processes.stat(process).filter(stat -> stat.group() == pid).isPresent();
    }

    private LongStream concerned() {
        return switch (to) {
            case MAIN -> LongStream.of(pid);
            case GROUP ->
                open.values().stream().mapToLong(Tracked::holder).distinct().filter(this::isOfItsGroup);
        };
    }

    SessionProcesses processes() {
        return processes;
    }

    List<ListenAddress> listen() {
        return listen;
    }

    /** Whether clients of an address there are this worker's, as far as its own listeners decide. */
    boolean listensAt(Place place, InetAddress address) {
        return listen.stream()
                .filter(one -> one.transport() == Transport.TCP && one.port() == place.port())
                .map(ListenAddress::host)
                .anyMatch(host -> host.isAnyLocalAddress() || host.equals(address));
    }

    /** A process that is no worker's has a connection of the service's. */
    void outsiderHolds(long process) {
        outsiders.hold(process);
    }

    List<ListenAddress> udp() {
        return listen.stream()
                .filter(address -> address.transport() == Transport.UDP)
                .toList();
    }

    Map<Long, Tracked> open() {
        return open;
    }

    void track(long cookie, Tracked connection) {
        open.put(cookie, connection);
    }

    /** Just after the first look at what it holds. */
    void lookedAtItsProcess(boolean isEnding) {
        late = isEnding;
    }

    /** A message of the kernel's was lost: an end may never be told. */
    void overrun() {
        overrun = true;
    }

    /** When to look again: soon at first, then ever less often. */
    long nextLook() {
        return nextLook;
    }

    /** @param took how long the look did, in nanoseconds */
    void looked(long took, long now) {
        nextLook = now + Math.max(pause, SHARE * took);
        pause = Math.min(LONGEST_PAUSE, pause * 2);
    }

    /** Something has changed that a look is to confirm. */
    void lookSoon(long now) {
        nextLook = now;
        pause = FIRST_PAUSE;
    }

    /** Its process has ended; what others still hold is waited for so long. */
    void processEnded(EndedBy by, Duration patience, long now) {
        processEnded = true;
        endedBy = by.compareTo(endedBy) > 0 ? by : endedBy;
        patientUntil = now + patience.toNanos();
        toldHeld = -1;
        lookSoon(now);
    }

    boolean hasProcessEnded() {
        return processEnded;
    }

    /** Empty where it does not matter whether datagrams still come to it. */
    Optional<Silence> silence() {
        return silence;
    }

    /** Whether its UDP listeners are quiet, as far as that is asked. */
    boolean isQuiet() {
        return silence.map(Silence::isOver).orElse(true);
    }

    /**
     * Whether so many is news: another number, or the second 0 in a row, since one list may lack what is there; or others that have
     * been open the longest; or that it has got quiet.
     */
    boolean isNews(long number, List<Tracked> oldest) {
        boolean repeated = number == lastHeld;
        lastHeld = number;
        boolean other = number != toldHeld || isQuiet() != toldQuiet || !oldest.equals(toldOldest);
        boolean news = other && (number > 0 || repeated);
        toldHeld = news ? number : toldHeld;
        toldQuiet = news ? isQuiet() : toldQuiet;
        toldOldest = news ? oldest : toldOldest;
        return news;
    }

    long heldAt(long look) {
        return open.values().stream().filter(one -> one.lookedAt() == look).count();
    }

    /** Of those that the look found, the ones that have been open the longest; the oldest first. */
    List<Tracked> oldestAt(long look) {
        return open.values().stream()
                .filter(one -> one.lookedAt() == look)
                .sorted(Comparator.comparingLong(Tracked::madeBy).thenComparingLong(Tracked::inode))
                .limit(OpenConnection.MOST)
                .toList();
    }

    /** Whether every process of the machine is to be looked at again for what none of the worker's holds. */
    boolean straysAreDue(long now) {
        boolean due = now >= nextStrayLook;
        nextStrayLook = due ? now + STRAY_PAUSE : nextStrayLook;
        return due;
    }

    /** Those that lie between two processes. */
    long strays() {
        return open.values().stream().filter(one -> one.holder() == 0).count();
    }

    /** Whether new connections still come to it, as where nothing is steered. */
    boolean accepts() {
        return accepts && !processEnded;
    }

    /**
     * One of its connections has ended.
     *
     * @param byExit whether the process that held it was ending by then
     */
    void ended(Tracked connection, TcpFigures end, First first, boolean byExit, long now) {
        Judgement judgement = connection.judge(end, first, byExit, now);
        if (connection.isMaybeAnothers()) {
            if (judgement.fate() == Fate.CUT) {
                count(Judgement.unseen(Doubt.WHOSE));
            }
            return;
        }
        boolean byWorker = first != First.CLIENT && first != First.CLIENT_SIDE;
        endsByItself |= byWorker && !byExit;
        boolean atExit = byWorker
                && byExit
                && connection.holder() == pid
                && leftOpen.take(judgement.fate(), connection.isRested(end, now));
        if (!atExit) {
            count(judgement);
        }
    }

    private void count(Judgement judgement) {
        fates.merge(judgement.fate(), 1L, Long::sum);
        Doubt doubt = judgement.doubt();
        if (doubt != null) {
            doubts.merge(doubt, 1L, Long::sum);
        }
    }

    /** These go on in a process that is none of the worker's. */
    void handedOn(Collection<Long> cookies) {
        open.keySet().removeAll(cookies);
        handedOn += cookies.size();
    }

    /**
     * Its account, once nothing is left to wait for.
     *
     * @param held how many connections a look has just found in some process
     */
    @Nullable
    DrainAccount account(long held, long now) {
        if (held > 0 && now < patientUntil) {
            overSince = 0;
            return null;
        }
        if (!open.isEmpty() && held == 0) {
            overSince = overSince == 0 ? now : overSince;
            if (now - overSince < TELLING) {
                return null;
            }
        }
        open.values().forEach(one -> count(Judgement.unseen(held > 0 ? Doubt.STILL_OPEN : Doubt.LOST)));
        open.clear();
        boolean orderly = endedBy == EndedBy.ITSELF && (endsByItself || count(Fate.FINISHED) > 0);
        return new DrainAccount(
                count(Fate.FINISHED),
                count(Fate.IDLE) + leftOpen.idle(orderly),
                count(Fate.LEFT),
                count(Fate.CUT),
                count(Fate.UNSEEN) + leftOpen.unseen(orderly),
                handedOn,
                doubts(orderly));
    }

    private long count(Fate fate) {
        return fates.getOrDefault(fate, 0L);
    }

    private List<String> doubts(boolean orderly) {
        List<String> all = new ArrayList<>();
        doubts.forEach((doubt, number) -> all.add(named() + ": " + doubt.text(number)));
        if (late) {
            all.add(named() + " ended before all that it held had been looked at");
        }
        outsiders.doubt().ifPresent(doubt -> all.add(named() + ": " + doubt));
        if (overrun && doubts.containsKey(Doubt.LOST)) {
            all.add(named() + ": more sockets ended at once than the kernel had room to tell of"
                    + " (net.core.rmem_max)");
        }
        leftOpen.doubt(named(), orderly, endedBy).ifPresent(all::add);
        return all;
    }

    private String named() {
        return worker + " (pid " + pid + ")";
    }
}
