package dev.handover.bench;

import dev.handover.harness.Ran;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What wrk(1) found: a closed loop, each connection of which sends its next request when it has the answer.
 *
 * @param requestsPerSecond that were answered
 * @param mean of the latencies, in milliseconds
 * @param deviation of them, the standard one
 * @param p99 their 99th percentile
 * @param failed requests without an answer, or with another than 2xx or 3xx
 */
record Wrk(double requestsPerSecond, double mean, double deviation, double p99, long failed) {
    private static final int CONNECTIONS = 32;
    private static final Duration MORE = Duration.ofSeconds(30);
    private static final Pattern LATENCY = Pattern.compile("Latency +(\\S+) +(\\S+) +\\S+ +\\S+%");
    private static final Pattern P99 = Pattern.compile("99% +(\\S+)");
    private static final Pattern RATE = Pattern.compile("Requests/sec: +(\\S+)");
    private static final Pattern SOCKET_ERRORS =
            Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
    private static final Pattern OTHER_ANSWERS = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
    private static final Pattern TIME = Pattern.compile("([0-9.]+)(us|ms|s|m)");
    private static final Map<String, Double> MILLIS = Map.of("us", 1e-3, "ms", 1.0, "s", 1e3, "m", 60e3);

    /** @param keptAlive whether a connection has more than one request */
    static Wrk run(int port, Duration time, boolean keptAlive) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("wrk", "--latency", "--threads", "1"));
        words.addAll(List.of("--connections", Integer.toString(CONNECTIONS), "--duration", time.toSeconds() + "s"));
        if (!keptAlive) {
            words.addAll(List.of("--header", "Connection: close"));
        }
        words.add("http://127.0.0.1:" + port + "/");
        return parse(Ran.run(time.plus(MORE), words).succeeded().out());
    }

    /** @throws IOException if it is not what wrk says */
    static Wrk parse(String said) throws IOException {
        Matcher latency = find(LATENCY, said);
        return new Wrk(
                Double.parseDouble(find(RATE, said).group(1)),
                millis(latency.group(1)),
                millis(latency.group(2)),
                millis(find(P99, said).group(1)),
                sum(SOCKET_ERRORS, said) + sum(OTHER_ANSWERS, said));
    }

    private static Matcher find(Pattern pattern, String said) throws IOException {
        Matcher found = pattern.matcher(said);
        if (!found.find()) {
            throw new IOException("wrk said no " + pattern + " in: " + said);
        }
        return found;
    }

    private static double millis(String time) throws IOException {
        Matcher parts = find(TIME, time);
        return Double.parseDouble(parts.group(1)) * MILLIS.getOrDefault(parts.group(2), Double.NaN);
    }

    /** It says nothing of what did not happen. */
    private static long sum(Pattern pattern, String said) {
        Matcher found = pattern.matcher(said);
        long sum = 0;
        if (found.find()) {
            for (int i = 1; i <= found.groupCount(); i++) {
                sum += Long.parseLong(found.group(i));
            }
        }
        return sum;
    }
}
