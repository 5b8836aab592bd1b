package dev.handover.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import org.junit.jupiter.api.Test;

class WrkTest {
    private static final String SAID = """
            Running 4s test @ http://127.0.0.1:8080/
              1 threads and 32 connections
              Thread Stats   Avg      Stdev     Max   +/- Stdev
                Latency   612.50us    1.25ms  38.11ms   95.02%
                Req/Sec    61.23k     3.51k   68.40k    70.00%
              Latency Distribution
                 50%  430.00us
                 75%  600.00us
                 90%    1.02ms
                 99%    5.50ms
              243711 requests in 4.00s, 36.26MB read
            Requests/sec:  60812.51
            Transfer/sec:      9.05MB
            """;

    @Test
    void timesAreReadInWhateverUnitTheyAreSaid() throws Exception {
        assertThat(Wrk.parse(SAID)).isEqualTo(new Wrk(60812.51, 0.6125, 1.25, 5.5, 0));
    }

    @Test
    void whateverIsNoGoodAnswerHasFailed() throws Exception {
        String some = SAID.replace(
                "Requests/sec",
                "  Socket errors: connect 1, read 20, write 0, timeout 300\n  Non-2xx or 3xx responses: 4000\nRequests/sec");
        assertThat(Wrk.parse(some).failed()).isEqualTo(4321);
    }

    @Test
    void whatIsNoFigureIsNotTakenForOne() {
        assertThatIOException()
                .isThrownBy(() -> Wrk.parse("unable to connect to 127.0.0.1:8080 Connection refused"))
                .withMessageContaining("unable to connect");
    }
}
