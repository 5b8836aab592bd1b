package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.DrainReport;
import dev.handover.supervisor.terms.Exposure;
import dev.handover.supervisor.terms.Met;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Why a generation is rolled back, and what it was to clients. */
final class Rollback {
    private final String reason;
    private final boolean byItself;
    private Duration served = Duration.ZERO;
    private boolean canary;
    private Optional<Met> met = Optional.empty();

    private Rollback(String reason, boolean byItself) {
        this.reason = reason;
        this.byItself = byItself;
    }

    /** @param by who has asked for it */
    static Rollback asked(String by) {
        return new Rollback("asked for by " + by, false);
    }

    /** Nobody has asked for it. */
    static Rollback byItself(String reason) {
        return new Rollback(reason, true);
    }

    /** A newer reload, or a removal, is to have its place. */
    static Rollback replaced(String reason) {
        return new Rollback(reason, false);
    }

    String reason() {
        return reason;
    }

    /** What no ledger of the way back shows, whoever asked for it; empty where that begins with workers that are well. */
    static Optional<String> caveat(Generation bad) {
        return bad.hasFallen()
                ? Optional.of("before it began, workers had ended with what they held: " + bad.fall())
                : Optional.empty();
    }

    /** New connections go elsewhere. */
    void flippedBack(Duration itServed) {
        served = itServed;
    }

    /** Which clients it met as a canary. */
    void met(Met clients) {
        met = Optional.of(clients);
    }

    /** The same, of a canary, which never had all of them. */
    void takenBack(Duration itServed) {
        served = itServed;
        canary = true;
    }

    /** Of the last reload it is the end: that has failed if nobody wanted it undone. */
    ReloadOutcome outcome() {
        return byItself ? ReloadOutcome.FAILED : ReloadOutcome.COMPLETED;
    }

    /** What has become of it, for people, wherever they are told: the clients that it met are not named. */
    String text(Generation bad, Generation good) {
        return bad + " is rolled back" + (byItself ? " by itself" : "") + ", " + reason + "; generation " + good.id()
                + (canary ? " serves on, alone" : " serves again") + "; generation " + bad.id() + " "
                + exposure(bad).withoutNames();
    }

    /** What the generation was to clients, once it has drained. */
    Exposure exposure(Generation bad) {
        Optional<DrainReport> drain = bad.parting().report();
        return new Exposure(
                served,
                drain.isPresent() ? OptionalLong.of(drain.get().account().held()) : OptionalLong.empty(),
                canary,
                met);
    }
}
