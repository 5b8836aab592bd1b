package dev.handover.worker.adopt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(300)
class AdoptedListenerTest {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("127.0.0.1", 8080);

    private static String row(String address, String state, int inode) {
        return "   0: " + address + " 00000000:0000 " + state + " 00000000:00000000 00:00000000 00000000 0 0 " + inode;
    }

    private static String mustNotBeRead() {
        throw new AssertionError("read on");
    }

    @Test
    void ofAllSocketsOfTheHostOnlyListenersAreReadAndOnlyUpToTheOneThatIsLookedFor() throws Exception {
        String header =
                "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid timeout inode";
        String other = row("00000000:1F90", "0A", 1);
        String wanted = row("0100007F:1F90", "0A", 2);
        assertThat(AdoptedListener.inode(
                        Stream.concat(Stream.of(header, other, wanted), Stream.generate(() -> mustNotBeRead())),
                        ADDRESS))
                .isEqualTo("2");
        assertThatIOException()
                .isThrownBy(() -> AdoptedListener.inode(
                        Stream.concat(
                                Stream.of(header, other, row("0100007F:1F90", "06", 0)),
                                Stream.generate(() -> mustNotBeRead())),
                        ADDRESS))
                .withMessageContaining("127.0.0.1:8080");
    }

    @ParameterizedTest
    @CsvSource({"INET, 127.0.0.1", "INET6, ::1"})
    void descriptorIsFoundWhileOthersComeAndGo(StandardProtocolFamily family, String host) throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Void> others = CompletableFuture.runAsync(() -> {
            while (!enough.get()) {
                try (DatagramChannel first = DatagramChannel.open();
                        DatagramChannel second = DatagramChannel.open()) {
                    assertThat(first).isNotSameAs(second);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        });
        try {
            for (int i = 0; i < 300; i++) {
                try (ServerSocketChannel channel =
                        ServerSocketChannel.open(family).bind(new InetSocketAddress(InetAddress.getByName(host), 0))) {
                    assertThat(AdoptedListener.number(channel)).isPositive();
                }
            }
        } finally {
            enough.set(true);
        }
        others.get();
    }
}
