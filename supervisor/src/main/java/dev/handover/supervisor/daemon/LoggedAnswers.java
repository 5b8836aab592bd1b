package dev.handover.supervisor.daemon;

import dev.handover.supervisor.control.Answers;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.Progress;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
import java.util.Locale;

/** Answers to what a signal asked for: its sender waits for none, so they go to the log. */
final class LoggedAnswers implements Answers {
    private final Log log;
    private final String asked;
    private final Runnable over;

    /** @param over run at the last answer */
    LoggedAnswers(Log log, String asked, Runnable over) {
        this.log = log;
        this.asked = asked;
        this.over = over;
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
        over.run();
    }

    private void report(ReloadReport report) {
        String text =
                asked + ": " + report.service() + ": " + report.outcome().name().toLowerCase(Locale.ROOT);
        // Of a generation that was started the reason is a line of the core's own already.
        String why = report.outcome() == ReloadOutcome.FAILED && report.to().isPresent()
                ? " for the reason said before"
                : ": " + report.reason();
        if (report.outcome() == ReloadOutcome.FAILED) {
            log.error(text + why);
        } else {
            log.info(text + why);
        }
    }
}
