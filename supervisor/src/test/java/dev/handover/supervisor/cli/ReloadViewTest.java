package dev.handover.supervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What {@code supervisorctl reload} and {@code rollback} show of what has become of a service. */
class ReloadViewTest {
    private static String shown(String reload) throws IOException {
        return ReloadView.of(Json.parse(("{'reloads':[" + reload + "]}").replace('\'', '"')));
    }

    @Test
    void aGenerationThatStandsByIsNotSaidToBeGone() throws IOException {
        assertThat(shown("{'service':'web','from':7,'to':8,'outcome':'completed','reason':'ok','standby_ms':120000,"
                        + "'phases':[{'phase':'quiesce','took_ms':12,'end':'done'}]}"))
                .isEqualTo("""
                        web: generation 8 serves, generation 7 stands by for 2 min 0 s
                          quiesce 12 ms
                        """);
    }

    @Test
    void aRollbackSaysWhatTheOtherGenerationWasToClients() throws IOException {
        assertThat(shown("{'service':'web','from':8,'to':7,'outcome':'completed','reason':'ok','phases':["
                        + "{'phase':'flip','took_ms':4,'end':'done'}],'rolled_back':{'served_ms':42000,'held':3,"
                        + "'text':'had clients for 42 s; …'}}"))
                .isEqualTo("""
                        web: generation 7 serves again, generation 8 is gone
                          generation 8 had clients for 42 s; …
                          flip 4 ms
                        """);
    }
}
