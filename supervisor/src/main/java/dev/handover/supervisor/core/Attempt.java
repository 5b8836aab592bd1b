package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ReadyWhen;
import java.time.Duration;
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
    private boolean adopter;
    private boolean saidDone;
    private boolean overdue;
    private boolean killed;
    private Duration lived = Duration.ZERO;
    private String missing = "";
    private String text = "";
    private @Nullable String unfinished;

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

    /** Empty until its start is known, and after its end. */
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

    boolean isReady(ReadyWhen when) {
        return listening && (saidReady || when == ReadyWhen.LISTENING);
    }

    /** What keeps it from being ready; empty if nothing is known. */
    String missing(ReadyWhen when) {
        return when == ReadyWhen.NOTIFIED && !saidReady ? "it never said so" : missing;
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

    void drainBegins() {
        connections.drainBegins();
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

    /** Open connections, as far as it or the kernel told; empty once it has ended. */
    OptionalLong open() {
        return process == null ? OptionalLong.empty() : connections.open();
    }

    /** Its own status text; may be empty. */
    String text() {
        return text;
    }
}
