package dev.handover.supervisor.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Subject;
import dev.handover.supervisor.terms.WorkerId;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JournalTest {
    private static final ServiceName WEB = new ServiceName("web");
    private static final GenerationId SEVEN = new GenerationId(7);

    private static String entry(Subject subject) {
        return new String(new LogLine(Level.WARN, subject, "stand=by", "").entry(), StandardCharsets.UTF_8);
    }

    @Test
    void anEntrySaysWhatItIsAbout() {
        assertThat(entry(Subject.of(new WorkerId(WEB, SEVEN, 2))))
                .isEqualTo(
                        "MESSAGE=stand=by\nPRIORITY=4\nSYSLOG_IDENTIFIER=supervisord\nSERVICE=web\nGENERATION=7\nWORKER=2\n");
        assertThat(entry(Subject.of(new WorkerId(WEB, SEVEN, WorkerId.BEFORE_START))))
                .endsWith("SERVICE=web\nGENERATION=7\n");
        assertThat(entry(Subject.of(WEB, SEVEN))).endsWith("SERVICE=web\nGENERATION=7\n");
        assertThat(entry(Subject.of(WEB))).endsWith("SERVICE=web\n");
        assertThat(entry(Subject.SUPERVISOR)).endsWith("SYSLOG_IDENTIFIER=supervisord\n");
    }

    @Test
    void whatTheJournalDoesNotTakeIsWrittenAsEverywhere() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Log log = new Log(Level.INFO, true, out, Optional.of(new Journal(Optional::empty)))) {
            log.said(new WorkerId(WEB, SEVEN, 1), "hello");
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("<6>web/g7/w1: hello\n");
    }
}
