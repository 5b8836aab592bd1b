package dev.handover.supervisor.witness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SignalsTo;
import dev.handover.supervisor.terms.WorkerId;
import dev.handover.supervisor.witness.Evidence.First;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker that holds nothing drains, beside one that is this process. */
@Timeout(300)
class CensusTest {
    private static final WorkerId WORKER = new WorkerId(new ServiceName("web"), new GenerationId(1), 1);

    private ServerSocket listener;
    private SockDiag sockets;
    private Process worker;
    private DrainWatch watch;
    private Kin kin = new Kin(pid -> false, List.of());

    @BeforeEach
    void start() throws Exception {
        listener = ServerSocketChannel.open(StandardProtocolFamily.INET).socket();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        sockets = new SockDiag();
        worker = new ProcessBuilder("setsid", "sleep", "60").start();
        watch = watchAt("tcp://127.0.0.1:");
    }

    private DrainWatch watchAt(String place) {
        List<ListenAddress> listen = List.of(ListenAddress.parse(place + listener.getLocalPort()));
        return new DrainWatch(
                WORKER,
                worker.pid(),
                listen,
                Place.of(listen, sockets),
                Optional.empty(),
                SignalsTo.MAIN,
                false,
                Optional.empty());
    }

    @AfterEach
    void end() throws Exception {
        sockets.close();
        listener.close();
        worker.destroyForcibly().waitFor();
    }

    private Census listed() throws Exception {
        Census census = new Census(sockets, System.nanoTime());
        Place place = new Place(false, listener.getLocalPort());
        sockets.connections(place.ipv6(), place.port(), Census.OPEN, row -> census.add(place, row));
        census.assign(watch);
        return census;
    }

    @Test
    void whatAnotherProcessHoldsIsNotTheWorkers() throws Exception {
        try (Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket held = listener.accept()) {
            listed().assignStrays(List.of(watch), kin);
            assertThat(held.getPort()).isEqualTo(client.getLocalPort());
            assertThat(watch.open()).isEmpty();
        }
    }

    @Test
    void whatNoWorkerHoldsIsInDoubt() throws Exception {
        assertThat(ofOneThatThisProcessHolds(watch).doubts())
                .singleElement()
                .asString()
                .contains(
                        "1 connection of the service in the hands of",
                        "pid " + ProcessHandle.current().pid());
    }

    @Test
    void whatAWorkerThatDoesNotDrainHoldsIsNot() throws Exception {
        kin = new Kin(pid -> pid == ProcessHandle.current().pid(), List.of());
        assertThat(ofOneThatThisProcessHolds(watch)).isEqualTo(DrainAccount.NOTHING);
    }

    @Test
    void whatAnotherProgramHoldsAtAnotherAddressOfThePortIsNot() throws Exception {
        assertThat(ofOneThatThisProcessHolds(watchAt("tcp://127.0.0.2:"))).isEqualTo(DrainAccount.NOTHING);
        assertThat(ofOneThatThisProcessHolds(watchAt("tcp://0.0.0.0:")))
                .as("its listener is of a more particular address")
                .isEqualTo(DrainAccount.NOTHING);
    }

    private DrainAccount ofOneThatThisProcessHolds(DrainWatch other) throws Exception {
        watch = other;
        try (Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket held = listener.accept()) {
            listed().assignStrays(List.of(watch), kin);
            assertThat(held.getPort()).isEqualTo(client.getLocalPort());
        }
        return Objects.requireNonNull(watch.account(0, System.nanoTime()));
    }

    @Test
    void whatEndedUnansweredBeforeItsHolderWasLookedForIsNotSeenToBeTheWorkers() throws Exception {
        DrainAccount account = ofOneThatEndsAfterItWasListed((client, held) -> {
            client.getOutputStream().write('?');
            assertThat(held.getInputStream().read()).isEqualTo('?');
        });
        assertThat(account.cut()).isZero();
        assertThat(account.unseen()).isEqualTo(1);
        assertThat(account.doubts()).singleElement().asString().contains("whether that worker drained");
    }

    @Test
    void whatEndedAnsweredBeforeItsHolderWasLookedForCountsForNothing() throws Exception {
        DrainAccount account = ofOneThatEndsAfterItWasListed((client, held) -> {
            held.getOutputStream().write('!');
            assertThat(client.getInputStream().read()).isEqualTo('!');
        });
        assertThat(account.finished() + account.idle() + account.cut() + account.unseen())
                .isZero();
    }

    private interface Talk {
        void between(Socket client, Socket held) throws IOException;
    }

    private DrainAccount ofOneThatEndsAfterItWasListed(Talk talk) throws Exception {
        try (Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
            Census census;
            try (Socket held = listener.accept()) {
                talk.between(client, held);
                census = listed();
            }
            census.assignStrays(List.of(watch), kin);
        }
        Tracked ended = watch.open().values().iterator().next();
        watch.ended(ended, ended.seen(), First.WORKER, false, System.nanoTime());
        watch.open().clear();
        return Objects.requireNonNull(watch.account(0, System.nanoTime()));
    }
}
