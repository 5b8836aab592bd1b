package dev.handover.supervisor.terms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientRangeTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.1.0.0/16",
                "0.0.0.0/0",
                "10.1.2.3/32",
                "2001:db8::/32",
                "::/0",
                "::1/128",
                "2001:db8:0:0:8000::/65"
            })
    void readsWhatItWrites(String text) {
        assertThat(ClientRange.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({"10.1.2.3, 10.1.2.3/32", "2001:DB8:0::1, 2001:db8::1/128", "2001:db8:0:0:0:0:0:0/32, 2001:db8::/32"})
    void anAddressAloneIsOneClientAndThereIsOneForm(String text, String form) {
        assertThat(ClientRange.parse(text)).hasToString(form).isEqualTo(ClientRange.parse(form));
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.0.0/16, 10.1.255.255, 10.2.0.0",
        "10.1.0.128/25, 10.1.0.255, 10.1.0.127",
        "0.0.0.0/0, 255.255.255.255, ::1",
        "10.1.2.3/32, 10.1.2.3, 10.1.2.2",
        "2001:db8::/32, 2001:db8:ffff::1, 2001:db9::",
        "2001:db8:0:8000::/49, 2001:db8:0:ffff::1, 2001:db8:0:7fff::1",
        "::/0, 2001:db8::, 10.0.0.1",
        "::1/128, ::1, ::2"
    })
    void hasTheClientsWhoseFirstBitsAreItsOwn(String range, String inside, String outside) throws Exception {
        assertThat(ClientRange.parse(range).contains(InetAddress.getByName(inside)))
                .isTrue();
        assertThat(ClientRange.parse(range).contains(InetAddress.getByName(outside)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | expected a range of client addresses such as 10.1.0.0/16 or 2001:db8::/32, not ''",
                "example.com | expected a range of client addresses such as 10.1.0.0/16 or 2001:db8::/32, not 'example.com'",
                "fe80::1%eth0 | expected a range of client addresses such as 10.1.0.0/16 or 2001:db8::/32, not 'fe80::1%eth0'",
                "[::1]/128 | expected a range of client addresses such as 10.1.0.0/16 or 2001:db8::/32, not '[::1]/128'",
                "10.1.0.0/ | expected a number of bits behind the slash, such as 10.1.0.0/16 or 2001:db8::/32, not '10.1.0.0/'",
                "10.1.0.0/016 | expected a number of bits behind the slash, such as 10.1.0.0/16 or 2001:db8::/32, not '10.1.0.0/016'",
                "10.1.0.0/255.255.0.0 | expected a number of bits behind the slash, such as 10.1.0.0/16 or 2001:db8::/32, not '10.1.0.0/255.255.0.0'",
                "10.1.0.0/33 | a range of IPv4 has a length of 0 to 32 bits, not 33",
                "::1/129 | a range of IPv6 has a length of 0 to 128 bits, not 129",
                "10.1 | '10.1' is not an IPv4 address: it has four numbers, 0 to 255",
                "10.0.0.256 | '10.0.0.256' is not an IPv4 address: it has four numbers, 0 to 255",
                "2001:db8:::1 | '2001:db8:::1' is not an IPv6 address",
                "10.1.2.3/16 | 10.1.2.3 has bits set behind the first 16, which is no range; expected 10.1.0.0/16, or 10.1.2.3 for this one client",
                "2001:db8::1/32 | 2001:db8::1 has bits set behind the first 32, which is no range; expected 2001:db8::/32, or 2001:db8::1 for this one client",
                "::ffff:10.1.0.0/112 | '::ffff:10.1.0.0/112' is IPv4 in IPv6's form, which no client's packet has; expected 10.1.0.0/16",
                "::ffff:10.1.2.3 | '::ffff:10.1.2.3' is IPv4 in IPv6's form, which no client's packet has; expected 10.1.2.3/32",
                "::ffff:10.1.0.0/16 | '::ffff:10.1.0.0/16' is IPv4 in IPv6's form, which no client's packet has; expected IPv4's own, such as 10.1.0.0/16"
            })
    void saysInOneLineWhatIsWrong(String text, String problem) {
        assertThatThrownBy(() -> ClientRange.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(problem);
    }

    @Test
    void twoTextsOfTheSameClientsAreEqual() {
        assertThat(ClientRange.parse("::/0")).isNotEqualTo(ClientRange.parse("0.0.0.0/0"));
        assertThat(ClientRange.parse("10.0.0.0/8")).isNotEqualTo(ClientRange.parse("10.0.0.0/9"));
    }
}
