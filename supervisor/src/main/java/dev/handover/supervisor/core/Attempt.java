package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.OpenConnection;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ReadyWhen;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One process of a worker: what it said, what was seen of it, and what became of it. A worker that is started again begins
 * with another one, so that nothing of the last process is taken for a fact about the next.
 */
final class Attempt {
    private final ConnectionGauge connections = new ConnectionGauge();
    private boolean listening;
    private boolean saidReady;
    private @Nullable ProcessId process;
    private Share share = Share.WHOLE;
    private boolean adopter;
    private @Nullable Drain drain;
    private boolean ended;
    private Exit exit = new Exit.Unknown();
    private boolean saidDone;
    private boolean overdue;
    private boolean killed;
    private Duration lived = Duration.ZERO;
    private String missing = "";
    private String text = "";
    private @Nullable String unfinished;

    /** Of the CPU, where others want it, too. */
    enum Share {
        WHOLE,
        LOW,
        /** Low, and the whole is asked for. */
        ASKED_BACK
    }

    private Attempt(boolean listening, boolean saidReady, @Nullable ProcessId process) {
        this.listening = listening;
        this.saidReady = saidReady;
        this.process = process;
    }

    /** @param listens whether there is a listener to be seen before it can be ready */
    static Attempt toStart(boolean listens) {
        return new Attempt(!listens, false, null);
    }

    /** A process that an earlier supervisor saw get ready. */
    static Attempt adopted(ProcessId process) {
        return new Attempt(true, true, process);
    }

    /** Empty until its start is known, and when nothing is left of it. */
    Optional<ProcessId> process() {
        return Optional.ofNullable(process);
    }

    boolean is(long pid) {
        return process != null && process.pid() == pid;
    }

    void started(ProcessId started) {
        process = started;
    }

    void gone() {
        process = null;
    }

    void saysReady() {
        saidReady = true;
    }

    void listens() {
        listening = true;
    }

    void listensNot(String whatIsMissing) {
        listening = false;
        missing = whatIsMissing;
    }

    void saysAdopts() {
        adopter = true;
    }

    void says(String status) {
        text = status;
    }

    boolean isListening() {
        return listening;
    }

    boolean hasSaidReady() {
        return saidReady;
    }

    Share share() {
        return share;
    }

    void share(Share now) {
        share = now;
    }

    boolean isReady(ReadyWhen when) {
        return listening && (saidReady || when == ReadyWhen.LISTENING);
    }

    /** What keeps it from being ready; empty if nothing is known. */
    String missing(ReadyWhen when) {
        if (when == ReadyWhen.LISTENING || saidReady) {
            return missing;
        }
        // Where nothing is declared it counts as listening from the start.
        return "it never said so; a program that does not say READY needs " + (listening ? "'listen' and " : "")
                + "ready = \"listening\", a slow one a longer ready-timeout";
    }

    /** Whether it said that it can adopt what a dead worker left behind. */
    boolean isAdopter() {
        return adopter;
    }

    /** It was ready for so long, and is so no longer. */
    void lived(Duration ready) {
        lived = ready;
    }

    /** How long it was ready; zero if it never was, or is. */
    Duration lived() {
        return lived;
    }

    void drainBegins(Drain how) {
        drain = how;
        connections.drainBegins();
    }

    /** Empty if it was never told to drain, and does not by its own will. */
    Optional<Drain> drain() {
        return Optional.ofNullable(drain);
    }

    /** Its process has ended, and what it left behind is looked after. */
    void ended(Exit how) {
        ended = true;
        exit = how;
    }

    /** How its process ended; {@link Exit.Unknown} until it has. */
    Exit exit() {
        return exit;
    }

    /** Whether its process has ended, and something may be left of it. */
    boolean hasEnded() {
        return ended && process != null;
    }

    /** It has finished all that it accepted: it says so, or none of its connections is left. */
    void done() {
        saidDone = true;
        connections.empty();
    }

    boolean isDone() {
        return saidDone;
    }

    /** It was told to drain, and has to be told to end, too. */
    void overdue() {
        overdue = true;
    }

    boolean isOverdue() {
        return overdue;
    }

    /** Whether its drain deadline passed before it had finished what it accepted. */
    boolean drainTimedOut() {
        return overdue && !saidDone;
    }

    void killed() {
        killed = true;
    }

    boolean wasKilled() {
        return killed;
    }

    void leavesUnfinished(String why) {
        unfinished = why;
    }

    /** Why it may not have finished all that it had accepted by its end. */
    Optional<String> unfinished() {
        return Optional.ofNullable(unfinished);
    }

    ConnectionGauge connections() {
        return connections;
    }

    /** Open connections: as the kernel shows while it drains, else as it says; empty if neither is known. */
    OptionalLong open() {
        if (process == null) {
            return OptionalLong.empty();
        }
        OptionalLong seen = drain == null ? OptionalLong.empty() : drain.open();
        return seen.isPresent() ? seen : connections.open();
    }

    /** Of the connections that it holds while it drains, those that have been open the longest, as far as they are seen. */
    List<OpenConnection> oldest(long now) {
        return process == null || drain == null ? List.of() : drain.oldest(now);
    }

    /** Its own status text; may be empty. */
    String text() {
        return text;
    }
}
