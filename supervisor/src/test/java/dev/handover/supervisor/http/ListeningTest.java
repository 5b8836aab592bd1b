package dev.handover.supervisor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.terms.HttpSpec;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class ListeningTest {
    private final Queue<String> warnings = new ConcurrentLinkedQueue<>();
    private final Queue<String> news = new ConcurrentLinkedQueue<>();

    @Test
    void followsTheConfigurationAndTriesAgainWhatFailed() throws IOException {
        HttpSpec first = Wire.free();
        HttpSpec second = Wire.free();
        try (Listening listening = new Listening(new FakeSupervisor(), Optional.empty(), warnings::add, news::add)) {
            try (ServerSocket taken = new ServerSocket()) {
                taken.bind(((HttpSpec.Tcp) first.place()).address().socketAddress());
                listening.follow(Optional.of(first));
                await().untilAsserted(() -> assertThat(warnings)
                        .singleElement()
                        .asString()
                        .startsWith("can't answer HTTP at " + first.place() + ": Address already in use")
                        .endsWith("the next reload of all tries again"));
            }
            listening.follow(Optional.of(first));
            await().untilAsserted(() -> assertThat(news).contains("answers HTTP at " + first.place()));
            listening.follow(Optional.of(first));
            assertThat(Wire.get(first, "/healthz")).startsWith("HTTP/1.1 200 ");

            listening.follow(Optional.of(second));
            await().untilAsserted(() -> assertThat(news).contains("answers HTTP at " + second.place()));
            assertThat(Wire.get(second, "/healthz")).startsWith("HTTP/1.1 200 ");
            assertThatThrownBy(() -> Wire.connect(first)).isInstanceOf(ConnectException.class);

            listening.follow(Optional.empty());
            await().untilAsserted(() -> assertThat(news).contains("answers HTTP no more at " + second.place()));
            assertThatThrownBy(() -> Wire.connect(second)).isInstanceOf(ConnectException.class);
        }
        assertThat(warnings).hasSize(1);
        assertThat(news).hasSize(4);
    }
}
