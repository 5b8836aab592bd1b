package dev.handover.supervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ExplainViewTest {
    private static String view(String json) throws IOException {
        return ExplainView.of(Json.parse(json.replace('\'', '"')));
    }

    @Test
    void aReloadIsToldInEightyColumnsFromWhoAskedForItToWhatBecameOfTheConnections() throws IOException {
        String text = view("{'explained':[{'service':'web','under_way':false,'events':["
                + "{'at':'2026-03-01T12:00:00Z','what':'reload-asked','text':'reload of web, asked for by pid 4711, uid 0'},"
                + "{'at':'2026-03-01T12:00:02.910Z','what':'worker-ready','text':'web/g8/w1 (pid 4712) is ready after 2.9 s'},"
                + "{'at':'2026-03-01T12:00:03.050Z','what':'handed-over','text':'web generation 7 has handed over to"
                + " generation 8: not lossless: 1 connection was cut; finished 3, closed while idle 0, cut 1'},"
                + "{'at':'2026-03-01T12:00:03.050Z','what':'reload-ended','text':'web: completed: generation 8 serves; x'}],"
                + "'reload':{'service':'web','from':7,'to':8,'outcome':'completed','reason':'generation 8 serves','phases':["
                + "{'phase':'start','took_ms':2911,'end':'done'},{'phase':'flip','took_ms':8,'end':'done'}],"
                + "'drain':{'finished':3,'closed_while_idle':0,'cut':1,'not_seen':0}}}]}");
        assertThat(text).isEqualTo("""
                web: the last reload began at 2026-03-01T12:00:00.000Z
                     +0 ms  reload of web, asked for by pid 4711, uid 0
                    +2.9 s  web/g8/w1 (pid 4712) is ready after 2.9 s
                    +3.1 s  web generation 7 has handed over to generation 8: not lossless: 1
                            connection was cut
                    +3.1 s  web: completed: generation 8 serves
                  what it came to:
                    web: generation 8 serves, generation 7 is gone
                      start 2.9 s, flip 8 ms
                      the kernel shows: finished 3, closed while idle 0, cut 1, not seen 0
                """);
        assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void whereNothingIsToldOfThatIsSaid() throws IOException {
        assertThat(view("{'explained':[]}")).isEqualTo("no reload is told of in what is kept of the events\n");
    }
}
