package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers that Debian has, reloaded while clients talk to them in their own protocol. */
@Tag("chaos")
@Timeout(180)
class DebianProgramsTest {
    private static final int RELOADS = 2;
    private static final int CALLERS = 4;
    private static final int SOME = 20;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void everyConversationIsFinishedThroughReloads(DebianProgram program) throws Exception {
        int port = Supervised.freePort();
        try (Supervised supervised = Supervised.start(program.services(folder, port))) {
            Callers callers = new Callers(CALLERS, port, program.conversation());
            try {
                callers.awaitServed(SOME);
                for (int i = 0; i < RELOADS; i++) {
                    Ran reload = supervised.ctl("reload", program.service());
                    assertThat(reload.exitCode())
                            .as(reload.err() + supervised.log())
                            .isZero();
                    assertThat(reload.out()).contains(program.verdict());
                    callers.awaitServed(SOME);
                }
            } finally {
                callers.end();
            }
            assertThat(callers.lost()).isEmpty();
        }
    }
}
