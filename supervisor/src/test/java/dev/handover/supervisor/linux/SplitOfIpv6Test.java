package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.linux.SteeringProgram.Chooser;
import dev.handover.supervisor.terms.CanaryShare;
import dev.handover.supervisor.terms.ClientRange;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.Percentage;
import dev.handover.supervisor.terms.ServiceName;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.Writer;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Clients of many networks of IPv6, in the kernel that runs: in a network namespace of their own, all of whose addresses are the
 * machine's. {@code split6.py} is on both ends.
 */
@Timeout(300)
class SplitOfIpv6Test {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final int NETWORKS = 400;

    private static Split split(String percentage) {
        return new Split(
                new ServiceName("web"),
                new GenerationId(7),
                new CanaryShare(
                        Stream.of("2001:db8:5::/48", "2001:db8::1:0:0:0:7/128", "127.3.0.0/16")
                                .map(ClientRange::parse)
                                .toList(),
                        Percentage.parse(percentage)));
    }

    /** Two hosts of each network, and where both families come some of IPv4. */
    private static List<String> sources(boolean dualStack) {
        List<String> sources = new ArrayList<>();
        for (int i = 0; i < NETWORKS; i++) {
            String network = "2001:db8:" + i % 8 + ":" + Integer.toHexString(i);
            sources.add(network + "::7");
            sources.add(network + ":abcd:ef01:2345:" + Integer.toHexString(i));
            if (dualStack) {
                sources.add("127." + i % 5 + "." + i / 200 + "." + (i % 200 + 1));
            }
        }
        return sources;
    }

    @ParameterizedTest
    @CsvSource({"tcp, false", "tcp, true", "udp, false", "udp, true"})
    void eachClientGetsWhatIsSaidOfItAndKeepsItAsTheShareGrows(String transport, boolean dualStack) throws Exception {
        List<String> sources = sources(dualStack);
        assumeTrue(Files.isExecutable(PYTHON), "needs " + PYTHON);
        Process python = new ProcessBuilder(
                        "unshare",
                        "--user",
                        "--map-root-user",
                        "--net",
                        PYTHON.toString(),
                        "-I",
                        "-c",
                        program(),
                        transport,
                        Boolean.toString(dualStack))
                .redirectErrorStream(true)
                .start();
        try (BufferedReader answers = python.inputReader(StandardCharsets.UTF_8);
                Writer questions = python.outputWriter(StandardCharsets.UTF_8)) {
            String begun = answers.readLine();
            assumeTrue("ready".equals(begun), "needs a network namespace of its own, and ip: " + begun);
            questions.write(String.join(" ", sources) + "\n");
            List<Integer> before = List.of();
            for (String percentage : List.of("10%", "50%")) {
                questions.write(text(split(percentage), transport, dualStack) + "\n");
                questions.flush();
                List<Integer> taken = Stream.of(
                                Objects.requireNonNull(answers.readLine()).split(" "))
                        .map(Integer::valueOf)
                        .toList();
                assertThat(taken).hasSameSizeAs(sources);
                assertAsSaid(split(percentage), sources, taken);
                for (int i = 0; i < before.size(); i++) {
                    assertThat(taken.get(i)).as(sources.get(i)).isGreaterThanOrEqualTo(before.get(i));
                }
                before = taken;
            }
        }
        python.waitFor();
    }

    private static void assertAsSaid(Split split, List<String> sources, List<Integer> taken) throws Exception {
        int others = 0;
        int led = 0;
        for (int i = 0; i < sources.size(); i++) {
            String source = sources.get(i);
            assertThat(taken.get(i) == 1).as(source).isEqualTo(split.leads(InetAddress.getByName(source)));
            if (source.endsWith("::7") && !source.startsWith("2001:db8:5:")) {
                others++;
                led += taken.get(i);
            }
        }
        double share = split.share().others().hundredths() / (double) Percentage.ALL;
        double bound = 3.29 * Math.sqrt(others * share * (1 - share)) + 1; // one is led by its address
        assertThat((double) led).isBetween(others * share - bound, others * share + bound);
    }

    private static String text(Split split, String transport, boolean dualStack) {
        Chooser chooser =
                transport.equals("tcp") ? Chooser.RANDOM : dualStack ? Chooser.DUAL_STACK_FLOW : Chooser.IPV6_FLOW;
        Choice choice = Choice.among(0).withCanary(List.of(1), split);
        return SteeringProgram.of(choice, transport.equals("tcp") ? Transport.TCP : Transport.UDP, chooser)
                .instructions()
                .stream()
                .map(one ->
                        one.code() + "," + one.ifTrue() + "," + one.ifFalse() + "," + Integer.toUnsignedString(one.k()))
                .collect(Collectors.joining(" "));
    }

    private static String program() throws Exception {
        try (InputStream source = Objects.requireNonNull(SplitOfIpv6Test.class.getResourceAsStream("split6.py"))) {
            return new String(source.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
