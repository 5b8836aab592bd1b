package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.linux.ListenerProbe;
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
    @Test
    void aWorkerThatListensOnAnotherPortIsToldOfOnceWithThatPort() throws Exception {
        List<Event> events = new ArrayList<>();
        WorkerId worker = new WorkerId(new ServiceName("web"), new GenerationId(1), 1);
        try (SockDiag sockets = new SockDiag();
                ServerSocketChannel ours = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            ours.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = ours.socket().getLocalPort();
            ListenAddress declared = ListenAddress.parse("tcp://127.0.0.1:1");
            ListenerLook look = new ListenerLook(
                    new ListenerProbe(sockets),
                    events::add,
                    worker,
                    ProcessHandle.current().pid(),
                    List.of(declared),
                    false,
                    true,
                    search -> {});
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

    private static String last(List<Event> events) {
        return ((Event.NotListening) events.get(events.size() - 1)).missing();
    }
}
