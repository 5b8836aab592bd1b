package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.terms.ListenAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimTest {
    /** Nobody serves there; a claim opens no port. */
    private static final ListenAddress ADDRESS = ListenAddress.parse("tcp://127.0.0.1:9");

    @Test
    void addressIsOneSupervisorsAloneForAsLongAsThatWants() throws Exception {
        try (Claim mine = Claim.of(ADDRESS).orElseThrow()) {
            assertThat(mine).isNotNull();
            assertThatThrownBy(() -> Claim.of(ADDRESS))
                    .isInstanceOf(Claim.Taken.class)
                    .hasMessageStartingWith(
                            "another supervisor (pid " + ProcessHandle.current().pid() + ") steers tcp://127.0.0.1:9");
            try (Claim other =
                    Claim.of(ListenAddress.parse("udp://127.0.0.1:9")).orElseThrow()) {
                assertThat(other).isNotNull();
            }
        }
        Optional<Claim> next = Claim.of(ADDRESS);
        assertThat(next).isPresent();
        next.get().close();
    }

    /** The names are anybody's to take: whoever is not of the group's user must not keep an address from being steered. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "s.listen(5)", // and would answer
                "pass", // takes the name and never listens
                "s.listen(0); full = [c for c in (socket.socket(socket.AF_UNIX) for _ in range(9)) if fill(c)]"
            })
    void nobodyElsesUserKeepsAnAddressFromBeingSteered(String how) throws Exception {
        assumeTrue(OtherUsers.canBeNobody(), "only root can start another user's program");
        ListenAddress address = ListenAddress.parse("tcp://127.0.0.1:10");
        Process other = Python.start(
                "import os, socket, sys",
                "os.setgroups([])",
                "os.setgid(65534)",
                "os.setuid(65534)",
                "name = '\\0handover steers ' + sys.argv[1]",
                "def fill(client):",
                "    client.setblocking(False)",
                "    try:",
                "        client.connect(name)",
                "    except BlockingIOError:",
                "        return False",
                "    return True",
                "s = socket.socket(socket.AF_UNIX)",
                "s.bind(name)",
                how,
                "print('taken', flush=True)",
                "sys.stdin.read()",
                address.toString());
        try {
            assertThat(Python.line(other)).isEqualTo("taken");
            assertThat(Claim.of(address)).as("none is made, and none heeded").isEmpty();
        } finally {
            other.getOutputStream().close();
            other.waitFor();
        }
    }

    @Test
    void itIsRefusedHoweverOftenItIsAskedFor() throws Exception {
        try (Claim mine = Claim.of(ADDRESS).orElseThrow()) {
            assertThat(mine).isNotNull();
            for (int i = 0; i < 200; i++) {
                assertThatThrownBy(() -> Claim.of(ADDRESS))
                        .isInstanceOf(Claim.Taken.class)
                        .hasMessageStartingWith("another supervisor")
                        .hasMessageContaining(" steers ");
            }
        }
    }
}
