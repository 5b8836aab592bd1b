package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.chaos.ChaosOptions;
import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.Table;
import dev.handover.chaos.link.Link;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Target;
import dev.handover.chaos.reload.ReloadOptions;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Listeners of every family, several to a service, and reloads that add and remove some, while clients connect. */
@Isolated("puts the machine under load")
@Tag("chaos")
class ListenersTest {
    private static final int WORKERS = 2;
    private static final int RELOADS = 2;
    private static final double RATE = 300;
    private static final Duration DURATION = Duration.ofSeconds(5);
    private static final int PORT_OVER_THE_LINK = 8080;

    private static LoadOptions load(Example example, String address, int port) {
        return LoadOptions.of(new Target(address, port), example.mode(), RATE, DURATION);
    }

    /** @return "served", or how the attempt ended */
    private static String call(int port) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(60_000);
            return socket.getInputStream().read() == 'H' ? "served" : "no greeting";
        } catch (ConnectException e) {
            return "refused";
        }
    }

    @Test
    void listenerThatStaysLosesNothingWhenOthersAreAddedAndRemoved() throws Exception {
        Example example = Example.PYTHON_WORKER;
        int stays = Supervised.freePort();
        int goes = Supervised.freePort();
        int comes = Supervised.freePort();
        String first = example.service(WORKERS, Example.tcp("127.0.0.1", stays), Example.tcp("127.0.0.1", goes));
        String second = example.service(WORKERS, Example.tcp("127.0.0.1", stays), Example.tcp("127.0.0.1", comes));
        List<String> services = List.of(second, first, second);
        try (Supervised supervised = Supervised.start(first)) {
            assertThat(call(goes)).isEqualTo("served");
            assertThat(call(comes)).isEqualTo("refused");
            ReloadOptions reloads = ReloadOptions.of(services.size(), supervised.reloadCommand(services));
            Report report = ChaosRun.run(
                    ChaosOptions.of(load(example, "127.0.0.1", stays)).withReloads(reloads));
            Chaos.isLossless(Chaos.shown("one listener added, one removed", report, supervised));
            assertThat(call(goes)).as(supervised.log()).isEqualTo("refused");
            assertThat(call(comes)).as(supervised.log()).isEqualTo("served");
        }
    }

    @Test
    void twoListenersOfOneServiceLoseNothingAtTheSameReloads() throws Exception {
        Example example = Example.PYTHON_WORKER;
        int port = Supervised.freePort();
        String service = example.service(WORKERS, Example.tcp("127.0.0.1", port), Example.tcp("::1", port));
        try (Supervised supervised = Supervised.start(service)) {
            ChaosOptions reloading = Chaos.options(load(example, "127.0.0.1", port), RELOADS, supervised);
            isLossless("two listeners", Chaos.both(ChaosRun::run, reloading, load(example, "::1", port)), supervised);
        }
    }

    static Stream<Example> some() {
        return Chaos.SOAK ? Arrays.stream(Example.values()) : Stream.of(Example.ECHO_WORKER);
    }

    static Stream<Example> others() {
        return Chaos.SOAK ? Arrays.stream(Example.values()) : Stream.of(Example.HELLO);
    }

    @ParameterizedTest
    @MethodSource("some")
    void overALinkNothingIsLostOfIpv6(Example example) throws Exception {
        String service = example.service(Link.SERVER_ADDRESS_6, PORT_OVER_THE_LINK, WORKERS);
        try (Link link = Chaos.link();
                Supervised supervised = Supervised.start(service, link::inServer)) {
            LoadOptions load = load(example, Link.SERVER_ADDRESS_6, PORT_OVER_THE_LINK);
            Report report = ChaosRun.runOver(link, Chaos.options(load, RELOADS, supervised));
            Chaos.isLossless(Chaos.shown(example + ", IPv6, over a link", report, supervised));
        }
    }

    @ParameterizedTest
    @MethodSource("others")
    void overALinkNeitherFamilyLosesAnythingOfADualStackListener(Example example) throws Exception {
        String service = example.service(WORKERS, Example.tcp("::", PORT_OVER_THE_LINK) + "?dual-stack");
        try (Link link = Chaos.link();
                Supervised supervised = Supervised.start(service, link::inServer)) {
            ChaosOptions reloading =
                    Chaos.options(load(example, Link.SERVER_ADDRESS_6, PORT_OVER_THE_LINK), RELOADS, supervised);
            List<Report> reports = Chaos.both(
                    options -> ChaosRun.runOver(link, options),
                    reloading,
                    load(example, Link.SERVER_ADDRESS, PORT_OVER_THE_LINK));
            isLossless(example + ", dual-stack, over a link", reports, supervised);
        }
    }

    private static void isLossless(String what, List<Report> both, Supervised supervised) throws IOException {
        Report reloading = Chaos.shown(what, both.get(0), supervised);
        System.out.println(Table.of(both.get(1)));
        Chaos.isLossless(reloading);
        Chaos.lostNothing(both.get(1));
    }
}
