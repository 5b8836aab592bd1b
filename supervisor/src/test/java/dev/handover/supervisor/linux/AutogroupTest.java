package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.terms.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class AutogroupTest {
    private static final Path TASKSET = Path.of("/usr/bin/taskset");
    private static final Path NOWHERE = Path.of("/dev/null");
    /** Of CPU time, two to share: enough for what is a tenth not to be taken for a half. */
    private static final long TICKS = 150;

    @TempDir
    Path folder;

    private final List<Long> children = new ArrayList<>();

    @BeforeEach
    void takeChildren() {
        Launcher.takeChildren();
    }

    @AfterEach
    void endChildren() {
        children.forEach(Children::end);
    }

    /** One that leads a session of its own, as a worker does. */
    private ProcessId shell(String script) throws IOException {
        long pid = Launcher.start(new Program(
                Path.of("/bin/sh"),
                Stream.of("sh", "-c", script).map(CString::of).toList(),
                List.of(CString.of("PATH=/bin:/usr/bin")),
                Path.of("/"),
                NOWHERE,
                NOWHERE));
        children.add(pid);
        return new ProcessId(pid, Processes.stat(pid).orElseThrow().startTicks());
    }

    private static Autogroup group(ProcessId process) throws IOException {
        assumeTrue(Autogroup.niceness(process.pid()).isPresent(), "this kernel has no autogroups");
        return Autogroup.of(process).orElseThrow();
    }

    private static void set(Autogroup group, int niceness) {
        await().until(() -> group.setNiceness(niceness));
    }

    /** Empty where this machine's init started the tests without a session of their own. */
    private static OptionalInt own() {
        return Autogroup.niceness(ProcessHandle.current().pid());
    }

    @Test
    void whatIsTakenFromASessionCanBeGivenBack() throws Exception {
        ProcessId process = shell("exec sleep 100");
        OptionalInt own = own();
        try (Autogroup group = group(process)) {
            assertThat(Autogroup.niceness(process.pid())).hasValue(Autogroup.WHOLE);
            set(group, Autogroup.LOW);
            assertThat(Autogroup.niceness(process.pid())).hasValue(Autogroup.LOW);
            assertThat(own()).as("this process's own").isEqualTo(own);
            set(group, Autogroup.WHOLE);
            assertThat(Autogroup.niceness(process.pid())).hasValue(Autogroup.WHOLE);
        }
    }

    @Test
    void anOrdinaryUserHasToWaitForAnotherTurn() throws Exception {
        assumeTrue(Processes.ownUid() != 0, "root, with CAP_SYS_ADMIN, need not wait");
        try (Autogroup group = group(shell("exec sleep 100"))) {
            List<Boolean> turns = new ArrayList<>();
            for (int i = 0; i < 20; i++) { // a machine that stands still between two lets both pass
                turns.add(group.setNiceness(Autogroup.LOW));
            }
            assertThat(turns).contains(false);
            set(group, Autogroup.WHOLE);
        }
    }

    @Test
    void oneOfAProcessThatHasEndedIsNobodyElses() throws Exception {
        ProcessId process = shell("exec sleep 100");
        try (Autogroup group = group(process)) {
            Children.end(process.pid());
            children.clear();
            assertThatThrownBy(() -> group.setNiceness(Autogroup.LOW))
                    .isInstanceOf(LinuxException.class)
                    .hasMessage("write: ESRCH (/proc/" + process.pid() + "/autogroup)");
        }
        assertThat(Autogroup.of(process)).isEmpty();
        assertThat(Autogroup.niceness(process.pid())).isEmpty();
    }

    @Test
    void aProcessThatHasThePidOfAnotherIsNotTakenForIt() throws Exception {
        ProcessId process = shell("exec sleep 100");
        assertThat(Autogroup.of(new ProcessId(process.pid(), process.startTicks() + 1)))
                .isEmpty();
    }

    @Test
    void aProgramThatForbidsToBeLookedIntoAfterwardsIsGivenBackWhatWasTaken() throws Exception {
        assumeTrue(Processes.ownUid() != 0, "root may look into everything");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "needs /usr/bin/python3");
        Path go = folder.resolve("go");
        ProcessId process = shell("until [ -e " + go + " ]; do sleep 0.01; done;"
                + " exec python3 -I -c 'import ctypes, signal; ctypes.CDLL(None).prctl(4, 0); signal.pause()'");
        try (Autogroup group = group(process)) {
            set(group, Autogroup.LOW);
            Files.createFile(go);
            // What /proc has of one that may not be looked into (PR_SET_DUMPABLE is 0) is root's.
            Path shown = Path.of("/proc/" + process.pid() + "/autogroup");
            await().until(() -> Files.getAttribute(shown, "unix:uid").equals(0));
            assertThatThrownBy(() -> Autogroup.of(process)).hasMessageContaining("EACCES");
            set(group, Autogroup.WHOLE);
            assertThat(Autogroup.niceness(process.pid())).hasValue(Autogroup.WHOLE);
        }
    }

    @Test
    void aSessionThatIsLowGetsLessWhereAnotherWantsTheSameCpu() throws Exception {
        assumeTrue(Files.isExecutable(TASKSET), "needs taskset of util-linux");
        assumeTrue(Autogroup.obstacle().isEmpty(), () -> Autogroup.obstacle().orElse(""));
        String spin = "exec taskset -c 0 sh -c 'while :; do :; done'";
        ProcessId whole = shell(spin);
        ProcessId low = shell(spin);
        try (Autogroup group = group(low)) {
            set(group, Autogroup.LOW);
            long beforeWhole = ticks(whole);
            long beforeLow = ticks(low);
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> ticks(whole) - beforeWhole + ticks(low) - beforeLow >= TICKS);
            assertThat((ticks(low) - beforeLow) * 3).isLessThan(ticks(whole) - beforeWhole);
        }
    }

    /** CPU time, in hundredths of a second. */
    private static long ticks(ProcessId process) throws IOException {
        String line = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }
}
