package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.terms.ListenAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;

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
