package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.QuicTag;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/** A worker's listener that the supervisor holds. */
final class Member {
    private static final int UNKNOWN = -1;

    private final WorkerId worker;
    private final ProcessId process;
    private final HeldListener listener;
    private final Kernel kernel;
    private final boolean standIn;
    private final Optional<QuicTag> tag;
    private ProcessId owner;
    private int ownersDescriptor = UNKNOWN;

    private final Map<WorkerId, ProcessId> adopters = new TreeMap<>();
    private boolean orphan;
    private Duration patience = Duration.ZERO;
    private long patienceEnds;

    /** @param tag what the QUIC connection ids bear that its worker mints */
    Member(WorkerId worker, ProcessId process, HeldListener listener, Optional<QuicTag> tag, Kernel kernel) {
        this(worker, process, listener, tag, false, kernel);
    }

    private Member(
            WorkerId worker,
            ProcessId process,
            HeldListener listener,
            Optional<QuicTag> tag,
            boolean standIn,
            Kernel kernel) {
        this.worker = worker;
        this.process = process;
        this.owner = process;
        this.listener = listener;
        this.standIn = standIn;
        this.tag = tag;
        this.kernel = kernel;
    }

    /** Which process has it open and accepts from it: the worker's own, or a descendant of that. */
    ProcessId owner() {
        return owner;
    }

    /** @param descriptor the listener's number there, as of when it was looked at */
    void ownedBy(ProcessId process, int descriptor) {
        owner = process;
        ownersDescriptor = descriptor;
    }

    /** Whether nothing but the kernel tells of its owner's end. */
    boolean isOwnedByDescendant() {
        return !owner.equals(process);
    }

    /** In the place of a worker that can't take new connections, the supervisor's own listener, which takes none. */
    Member standIn() throws IOException {
        return new Member(
                worker,
                process,
                kernel.standIn(listener.address(), listener.socket().uid()),
                Optional.empty(),
                true,
                kernel);
    }

    boolean isStandIn() {
        return standIn;
    }

    WorkerId worker() {
        return worker;
    }

    ProcessId process() {
        return process;
    }

    long pid() {
        return process.pid();
    }

    GenerationId generation() {
        return worker.generation();
    }

    HeldListener listener() {
        return listener;
    }

    /** The socket's identity, which no other ever has. */
    long cookie() {
        return listener.socket().cookie();
    }

    boolean isTcp() {
        return listener.address().transport() == Transport.TCP;
    }

    /** What leads the packets of its open QUIC connections to it, whoever serves; empty if nothing does. */
    Optional<QuicTag> tag() {
        return tag;
    }

    /** Connections, or for UDP bytes, that wait in it. */
    long waiting() throws LinuxException {
        return listener.backlog().waiting();
    }

    /** Its worker has died; others may adopt it, for so long from now on. */
    void orphan(Duration itsPatience, long now) {
        orphan = true;
        patience = itsPatience;
        waitAnew(now);
    }

    /** The time in which it may be adopted begins again. */
    void waitAnew(long now) {
        patienceEnds = now + patience.toNanos();
    }

    /** How long it may wait for an adopter, and then to be taken; 0 if none is expected. */
    Duration patience() {
        return patience;
    }

    boolean isOrphan() {
        return orphan;
    }

    /** Whether whoever opened it has ended, also where nobody has said so yet. */
    boolean isLeft() {
        return orphan || !kernel.runs(owner);
    }

    /** Whether somebody is expected to adopt it, if nobody has. */
    boolean isAwaited(long now) {
        return orphan && now - patienceEnds < 0;
    }

    /** Lets these accept from it too, those that do not yet. UDP has no connections that wait to be accepted. */
    void passTo(Map<WorkerId, ProcessId> able, BiPredicate<WorkerId, HeldListener> pass) {
        able.forEach((worker, its) -> {
            if (isTcp() && !its.equals(process) && !its.equals(adopters.get(worker)) && pass.test(worker, listener)) {
                adopters.put(worker, its);
            }
        });
    }

    /** Those that it was passed to, dead or alive. */
    Map<WorkerId, ProcessId> adopters() {
        return adopters;
    }

    /** Whether someone accepts from it, or soon may: its owner still has it open, or a worker that adopted it, or will. */
    boolean isAttended(long now) {
        return (kernel.runs(owner)
                        && kernel.holds(
                                owner.pid(), ownersDescriptor, listener.socket().inode()))
                || adopters.values().stream().anyMatch(kernel::runs)
                || isAwaited(now);
    }

    /** Whether its worker has ended, and nobody has said so yet: it is about to be left to those that can adopt it. */
    boolean isLeftUntold() {
        return !orphan && !standIn && !kernel.runs(process);
    }

    /** In words, why nobody accepts from it. */
    String deserted() {
        return this + (kernel.runs(process) ? " has closed a listener" : " has ended");
    }

    /** Leaves its group for good, also where its adopters have it open. */
    void end() throws LinuxException {
        if (!adopters.isEmpty()) {
            listener.end();
        }
    }

    /** Nothing new may come to it; for UDP there is no such thing, and a program must do. */
    void seal() throws LinuxException {
        if (isTcp()) {
            listener.seal();
        }
    }

    @Override
    public String toString() {
        return worker + " (" + process + ") at " + listener.address();
    }
}
