package dev.handover.supervisor.terms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
    @ParameterizedTest
    @CsvSource({
        "tcp://127.0.0.1:8080, tcp://127.0.0.1:8080",
        "udp://0.0.0.0:1, udp://0.0.0.0:1",
        "tcp://[::]:65535, tcp://[::]:65535",
        "udp://[::]:53?dual-stack, udp://[::]:53?dual-stack",
        "tcp://[0:0:0:0:0:0:0:1]:80, tcp://[::1]:80",
        "tcp://[2001:DB8::0001]:80, tcp://[2001:db8::1]:80",
        "tcp://[2001:db8:0:1:1:1:1:1]:80, tcp://[2001:db8:0:1:1:1:1:1]:80",
        "tcp://[2001:0:0:1:0:0:0:1]:80, tcp://[2001:0:0:1::1]:80",
        "tcp://[2001:db8:0:0:1:0:0:1]:80, tcp://[2001:db8::1:0:0:1]:80",
        "tcp://[1:0:0:0:0:0:0:0]:80, tcp://[1::]:80",
        "tcp://[64:ff9b::192.0.2.33]:80, tcp://[64:ff9b::c000:221]:80",
    })
    void printsIpv6AddressesInTheOneFormOfRfc5952(String written, String printed) {
        assertThat(ListenAddress.parse(written)).hasToString(printed);
    }

    @ParameterizedTest
    @CsvSource({
        "tcp://0.0.0.0:80, tcp://127.0.0.1:80, true",
        "tcp://127.0.0.1:80, tcp://127.0.0.1:80, true",
        "tcp://127.0.0.1:80, tcp://0.0.0.0:80, false",
        "tcp://127.0.0.2:80, tcp://127.0.0.1:80, false",
        "tcp://0.0.0.0:80, tcp://127.0.0.1:81, false",
        "tcp://0.0.0.0:80, udp://127.0.0.1:80, false",
        "tcp://0.0.0.0:80, tcp://[::1]:80, false",
        "tcp://0.0.0.0:80, tcp://[::]:80?dual-stack, false",
        "tcp://[::]:80, tcp://[::1]:80, true",
        "tcp://[::]:80, tcp://127.0.0.1:80, false",
        "tcp://[::]:80, tcp://[::]:80?dual-stack, false",
        "udp://[::]:80?dual-stack, udp://127.0.0.1:80, true",
        "udp://[::]:80?dual-stack, udp://[::1]:80, true",
        "udp://[::]:80?dual-stack, udp://[::]:80, true",
        "udp://[::]:80?dual-stack, udp://0.0.0.0:80, true",
    })
    void wildcardCoversTheAddressesOfItsFamiliesAndPort(String one, String other, boolean covers) {
        ListenAddress address = ListenAddress.parse(other);
        assertThat(ListenAddress.parse(one).covers(address)).isEqualTo(covers);
        assertThat(ListenAddress.parse(one).covers(address.mapped())).isEqualTo(covers);
    }

    @Test
    void readsBackWhatItPrints() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(bytes);
            // A first byte that isn't zero: IPv4 in IPv6's form is no IPv6 address to Java.
            bytes[0] = (byte) (1 + random.nextInt(255));
            for (int j = 1; j < bytes.length; j++) {
                bytes[j] = random.nextInt(3) == 0 ? bytes[j] : 0;
            }
            Transport transport = random.nextBoolean() ? Transport.TCP : Transport.UDP;
            ListenAddress address =
                    new ListenAddress(transport, InetAddress.getByAddress(bytes), 1 + random.nextInt(65535), false);
            assertThat(ListenAddress.parse(address.toString()))
                    .as("seed %d, replay with -Dseed=%d", seed, seed)
                    .isEqualTo(address);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "127.0.0.1:80",
                "TCP://127.0.0.1:80",
                "tcp://127.0.0.1",
                "tcp://127.0.0.1:",
                "tcp://127.0.0.1:+80",
                "tcp://127.0.0.1:80/",
                "tcp://127.0.0.1:80#x",
                "tcp://user@127.0.0.1:80",
                "tcp://:80",
                "tcp://*:80",
                "tcp://1.2.3:80",
                "tcp://01.2.3.4:80",
                "tcp://1.2.3.4.5:80",
                "tcp://localhost:80",
                "tcp://fe80:80",
                "tcp://::1:80",
                "tcp://[]:80",
                "tcp://[1:2]:80",
                "tcp://[localhost]:80",
                "tcp://[::1%lo]:80",
                "tcp://[::ffff:1.2.3.4]:80",
                "tcp://[::1]:80?dual-stack",
                "tcp://[::]:80?",
                "tcp://[::]:80?Dual-Stack",
                "tcp://127.0.0.1:80\n",
            })
    void refusesAnythingElse(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ListenAddress.parse(text));
    }

    @Test
    void anIpv4AddressHasAnotherGroupInIpv6AndIsShownAsItIsDeclared() {
        ListenAddress declared = ListenAddress.parse("tcp://127.0.0.1:80");
        ListenAddress mapped = declared.mapped();
        assertThat(declared.groups()).containsExactly(declared, mapped);
        assertThat(mapped).isNotEqualTo(declared).hasToString("tcp://127.0.0.1:80");
        assertThat(mapped.isIpv6()).isTrue();
        assertThat(mapped.isMapped()).isTrue();
        assertThat(mapped.hasIpv6Clients()).isFalse();
        assertThat(mapped.hasIpv4Clients()).isTrue();
        assertThat(mapped.host()).isEqualTo(declared.address());
        assertThat(mapped.declared()).isEqualTo(declared);
        assertThat(mapped.groups()).containsExactly(mapped);
    }

    @Test
    void anIpv6AddressHasOneGroup() {
        ListenAddress dual = ListenAddress.parse("tcp://[::]:80?dual-stack");
        assertThat(dual.groups()).containsExactly(dual);
        assertThat(dual.declared()).isEqualTo(dual);
        assertThat(dual.isMapped()).isFalse();
        assertThat(dual.hasIpv6Clients()).isTrue();
        assertThat(dual.hasIpv4Clients()).isTrue();
        assertThat(ListenAddress.parse("tcp://[::1]:80").hasIpv4Clients()).isFalse();
    }
}
