package dev.handover.chaos;

import dev.handover.chaos.faults.FaultsReport;

/** What a report comes to, as the exit code says it. */
public enum Verdict {
    /** Nothing was dropped, or drops are allowed. */
    PASSED(0),
    /** Attempts were dropped, or replies were not what was asked for; with faults, whatever can't be put down to a kill. */
    DROPPED(1),
    /** The client failed on its own or fell behind its timetable: the figures are not to be trusted. */
    UNTRUSTED(3),
    /** A reload failed, and nothing was dropped. */
    RELOAD_FAILED(4);

    private final int exitCode;

    Verdict(int exitCode) {
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }

    /** Of faults: that clients began late is no reason to distrust them, as nothing there is a matter of time. */
    static Verdict of(FaultsReport report) {
        if (report.isUntrusted()) {
            return UNTRUSTED;
        }
        return report.hasFailed() ? DROPPED : PASSED;
    }

    static Verdict of(Report report, boolean allowDrops, boolean allowFailedReloads) {
        if (report.load().isUntrusted()) {
            return UNTRUSTED;
        }
        if (!allowDrops && (report.dropped() > 0 || report.load().wrongReplies() > 0)) {
            return DROPPED;
        }
        return !allowFailedReloads && report.hasFailedReload() ? RELOAD_FAILED : PASSED;
    }
}
