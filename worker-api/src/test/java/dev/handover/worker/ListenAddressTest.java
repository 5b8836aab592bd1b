package dev.handover.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.handover.worker.ListenAddress.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp://127.0.0.1:8080",
                "tcp://0.0.0.0:1",
                "udp://127.0.0.1:53",
                "tcp://[::1]:65535",
                "tcp://[::]:80",
                "udp://[::]:53?dual-stack"
            })
    void anAddressReadsAsItIsWritten(String text) {
        assertThat(ListenAddress.parse(text)).hasToString(text);
    }

    @Test
    void theLongFormOfAnIpv6AddressIsTheSameAddress() {
        assertThat(ListenAddress.parse("tcp://[0:0:0:0:0:0:0:0]:80?dual-stack"))
                .isEqualTo(ListenAddress.parse("tcp://[::]:80?dual-stack"));
    }

    @Test
    void anAddressSaysItsTransportAndFamily() {
        assertThat(ListenAddress.parse("udp://[::1]:53").transport()).isEqualTo(Transport.UDP);
        assertThat(ListenAddress.parse("udp://[::1]:53").isIpv6()).isTrue();
        assertThat(ListenAddress.parse("tcp://127.0.0.1:53").isIpv6()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "127.0.0.1:80",
                "http://127.0.0.1:80",
                "tcp://localhost:80",
                "tcp://127.0.0.1",
                "tcp://127.0.0.1:65536",
                "tcp://127.1:80",
                "tcp://256.0.0.1:80",
                "tcp://::1:80",
                "tcp://[127.0.0.1]:80",
                "tcp://[::ffff:127.0.0.1]:80",
                "tcp://[:::]:80",
                "tcp://[::1]:80?dual-stack",
                "tcp://127.0.0.1:80?dual-stack",
                "tcp://[::]:80?dualstack"
            })
    void anythingElseIsRefusedWithTheTextQuoted(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ListenAddress.parse(text))
                .withMessageContaining("'" + text + "'");
    }
}
