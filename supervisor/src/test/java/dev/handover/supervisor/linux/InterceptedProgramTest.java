package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.linux.InterceptedProgram.Trouble;
import dev.handover.supervisor.linux.InterceptedStart.Intercepted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel would start otherwise than it is meant. */
class InterceptedProgramTest {
    private static final Path SETCAP = Path.of("/usr/sbin/setcap");
    private static final int NOBODY = 65_534;
    private static final int ELF_32 = 1;
    private static final int EM_386 = 3;

    @TempDir
    Path folder;

    private Path program;
    private Optional<Account> nobody;

    @BeforeEach
    void copy() throws IOException {
        program = Files.copy(Path.of("/bin/sleep"), folder.resolve("program"));
        nobody = Optional.of(Account.of("nobody", Optional.empty()));
    }

    private static void needsRoot(String why) {
        assumeTrue(Processes.ownUid() == 0, "needs root: " + why);
    }

    private void mode(int mode) throws IOException {
        Files.setAttribute(program, "unix:mode", mode);
    }

    private String trouble(Optional<Account> account) {
        return InterceptedProgram.trouble(program, account)
                .map(Trouble::toString)
                .orElse("");
    }

    @Test
    void aProgramWithNothingOfItsOwnLosesNothing() throws Exception {
        assertThat(trouble(Optional.empty())).isEmpty();
        assertThat(trouble(nobody)).isEmpty();
        Files.writeString(program, "#!/bin/sh\n");
        assertThat(trouble(nobody)).isEmpty();
        Files.delete(program);
        assertThat(trouble(nobody)).isEmpty();
    }

    @Test
    void aSetuidProgramIsNamedWhereItWouldHaveRunAsAnother() throws Exception {
        mode(04755);
        assertThat(trouble(Optional.empty())).isEmpty();

        Path others = Path.of("/usr/bin/passwd");
        assumeTrue(Files.isExecutable(others), "needs " + others + ", which is setuid root");
        assertThat(InterceptedProgram.trouble(others, nobody).orElseThrow().toString())
                .contains("setuid", "runs as uid " + NOBODY + " instead of 0", "no_new_privs", "set user");
    }

    @Test
    void aSetgidProgramIsNamedWhereItWouldHaveRunWithAnotherGroup() throws Exception {
        needsRoot("the program is to be of another group");
        Files.setAttribute(program, "unix:gid", NOBODY);
        mode(02755);
        assertThat(trouble(Optional.empty())).contains("setgid", "instead of " + NOBODY);
        assertThat(trouble(nobody)).isEmpty();
        mode(02745);
        assertThat(trouble(Optional.empty())).as("a file lock's mark").isEmpty();
    }

    @Test
    void aProgramWithCapabilitiesIsNamedUnlessRootRunsIt() throws Exception {
        needsRoot("capabilities are set on a file");
        assumeTrue(Files.isExecutable(SETCAP), "needs " + SETCAP + " (Debian: libcap2-bin)");
        Process setcap = new ProcessBuilder(SETCAP.toString(), "cap_net_bind_service=ep", program.toString()).start();
        assertThat(setcap.waitFor()).isZero();
        assertThat(trouble(nobody)).contains("setcap", "no_new_privs", "ip_unprivileged_port_start");
        assertThat(trouble(Optional.empty())).isEmpty();
    }

    @Test
    void aProgramOfAnotherArchitectureIsNamed() throws Exception {
        ByteBuffer head = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
        head.put(new byte[] {0x7f, 'E', 'L', 'F', ELF_32}).putShort(18, (short) EM_386);
        Files.write(program, head.array());
        assertThat(trouble(nobody)).contains("another architecture", "(32 bits)", "not intercepted");
    }

    @Test
    void whyABindWasNotSeenIsToldOfIntercepted() throws Exception {
        assertThat(InterceptedProgram.unseen(ProcessHandle.current().pid())).isEmpty();

        Launcher.takeChildren();
        Path out = Files.createFile(folder.resolve("out"));
        List<CString> words = Stream.of("sleep", "60").map(CString::of).toList();
        Intercepted started = InterceptedStart.start(new Program(program, words, List.of(), folder, out, out));
        try (BindNotices notices = started.notices()) {
            assertThat(notices.fd().number()).isPositive();
            assertThat(InterceptedProgram.unseen(started.pid()))
                    .hasValueSatisfying(why -> assertThat(why).contains("io_uring"));
        } finally {
            Children.end(started.pid());
        }
        assertThat(InterceptedProgram.unseen(started.pid())).isEmpty();
    }
}
