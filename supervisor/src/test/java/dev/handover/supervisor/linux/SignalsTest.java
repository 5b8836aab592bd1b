package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Signal;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With a JVM of its own, which is sent the signals. */
@Timeout(300)
class SignalsTest {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final List<Process> started = new ArrayList<>();

    /** Takes signals once it is told to, and says which. */
    static final class Taking {
        private Taking() {}

        public static void main(String[] words) throws IOException {
            System.out.println("born");
            int unused = System.in.read();
            Set<Signal> signals = Set.of(Signal.HUP, Signal.TERM, Signal.USR1, Signal.USR2);
            Signals taken = Signals.take(signals, System.out::println);
            System.out.println(taken.wereBlocked());
            unused = System.in.read();
            taken.leave();
            System.out.println("left");
            unused = System.in.read();
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("ShdPnd:")) {
                    System.out.println(line);
                }
            }
            unused = System.in.read();
        }
    }

    private Process start(String... before) throws IOException {
        List<String> command = new ArrayList<>(List.of(before));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Taking.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        started.add(process);
        return process;
    }

    private static void send(Process process, Signal signal) throws LinuxException {
        Kernel.call("kill", "the child", () -> Kernel.LIBC.kill((int) process.pid(), signal.number()));
    }

    private static void goOn(Process process) throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void theOnesThatCameBeforeAnybodyTookThemAreTakenThoughTheyWereIgnored() throws Exception {
        Process process = start(
                "sh",
                "-c",
                "trap '' HUP; export _JAVA_SR_SIGNUM=40; exec \"$@\"",
                "sh",
                "env",
                "--block-signal=HUP,TERM,USR1,USR2",
                JAVA,
                "-Xrs");
        BufferedReader said = process.inputReader();
        assertThat(said.readLine()).isEqualTo("born");
        for (Signal signal : List.of(Signal.HUP, Signal.USR1, Signal.USR2, Signal.TERM)) {
            send(process, signal);
        }
        goOn(process);
        List<String> lines =
                List.of(said.readLine(), said.readLine(), said.readLine(), said.readLine(), said.readLine());
        assertThat(lines).containsExactlyInAnyOrder("true", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGTERM");
        send(process, Signal.HUP);
        assertThat(said.readLine()).isEqualTo("SIGHUP");

        goOn(process);
        assertThat(said.readLine()).isEqualTo("left");
        send(process, Signal.HUP);
        goOn(process);
        assertThat(said.readLine()).as("it waits for whoever takes it next").endsWith("0000001");
    }

    @Test
    void whereTheyAreNotBlockedTheJvmHandsThemOn() throws Exception {
        Process process = start(JAVA);
        BufferedReader said = process.inputReader();
        assertThat(said.readLine()).isEqualTo("born");
        goOn(process);
        assertThat(said.readLine()).isEqualTo("false");
        for (Signal signal : List.of(Signal.HUP, Signal.USR1, Signal.TERM)) {
            send(process, signal);
            assertThat(said.readLine()).isEqualTo(signal.toString());
        }
    }
}
