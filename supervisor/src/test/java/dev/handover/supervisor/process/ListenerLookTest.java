package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.linux.ListenerProbe;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.WorkerId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ListenerLookTest {
    private static ListenerLook look(SockDiag sockets, List<Event> events, long pid) {
        WorkerId worker = new WorkerId(new ServiceName("web"), new GenerationId(1), 1);
        return new ListenerLook(
                new ListenerProbe(sockets),
                events::add,
                worker,
                pid,
                List.of(ListenAddress.parse("tcp://127.0.0.1:1")),
                false,
                true,
                search -> {});
    }

    @Test
    void aWorkerThatListensOnAnotherPortIsToldOfOnceWithThatPort() throws Exception {
        List<Event> events = new ArrayList<>();
        try (SockDiag sockets = new SockDiag();
                ServerSocketChannel ours = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            ours.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = ours.socket().getLocalPort();
            ListenerLook look = look(sockets, events, ProcessHandle.current().pid());
            await().pollInterval(Duration.ofMillis(10))
                    .until(() -> !look.isLast() && last(events).contains("but it listens on"));
            assertThat(last(events))
                    .startsWith("nothing listens on tcp://127.0.0.1:1, but it listens on ")
                    .contains("tcp://127.0.0.1:" + port)
                    .endsWith(": 'listen' and the program are to name the same");
            int told = events.size();
            assertThat(look.isLast()).isFalse();
            assertThat(events).hasSize(told);
        }
    }

    @Test
    void aWorkerInAnotherNetworkNamespaceIsToldOf() throws Exception {
        assumeTrue(Processes.ownUid() == 0, "needs root");
        List<Event> events = new ArrayList<>();
        Process worker = new ProcessBuilder("sh", "-c", "unshare --net sleep 100 & wait").start();
        try (SockDiag sockets = new SockDiag()) {
            ListenerLook look = look(sockets, events, worker.pid());
            await().pollInterval(Duration.ofMillis(10))
                    .until(() -> !look.isLast() && last(events).contains("network namespace"));
            long abroad = worker.descendants().findFirst().orElseThrow().pid();
            assertThat(last(events))
                    .isEqualTo("nothing listens on tcp://127.0.0.1:1, and pid " + abroad
                            + " is in another network namespace, where its listeners are not seen: "
                            + "let it have the supervisor's");
        } finally {
            worker.descendants().forEach(ProcessHandle::destroy);
            worker.destroy();
            worker.waitFor();
        }
    }

    private static String last(List<Event> events) {
        return ((Event.NotListening) events.get(events.size() - 1)).missing();
    }
}
