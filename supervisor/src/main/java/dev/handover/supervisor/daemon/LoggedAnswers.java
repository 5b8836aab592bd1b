package dev.handover.supervisor.daemon;

import dev.handover.supervisor.control.Answers;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.Progress;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;

/** Answers to what a signal asked for: its sender waits for none, so they go to the log. */
final class LoggedAnswers implements Answers {
    private final Log log;
    private final String asked;

    LoggedAnswers(Log log, String asked) {
        this.log = log;
        this.asked = asked;
    }

    @Override
    public void accepted(String text) {
        log.info(asked + ": " + text);
    }

    @Override
    public void progress(Progress progress) {
        // Each step is a line of the core's own already.
    }

    @Override
    public void end(Reply reply) {
        if (reply instanceof Reply.Refused refused) {
            log.error(asked + ": " + refused.message());
        } else if (reply instanceof Reply.Reloaded reloaded) {
            reloaded.reports().forEach(this::report);
        }
    }

    private void report(ReloadReport report) {
        String text = asked + ": " + report.outcome() + ": " + report.reason();
        if (report.outcome() == ReloadOutcome.FAILED) {
            log.error(text);
        } else {
            log.info(text);
        }
    }
}
