package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.WorkerId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/** Python processes as workers; see {@code worker.py}. They end with this one. */
final class Workers implements AutoCloseable {
    static final ServiceName WEB = new ServiceName("web");

    private static final Path PYTHON = Path.of("/usr/bin/python3");

    private final Map<WorkerId, Process> running = new HashMap<>();
    private final List<Process> all = new ArrayList<>();

    /**
     * One that nobody has, and that the kernel gives to nobody who asks for any.
     *
     * @param form such as {@code tcp://127.0.0.1:%d}
     */
    static ListenAddress free(String form) throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 32_768);
            try (ServerSocket tcp = new ServerSocket(port, 1);
                    DatagramSocket udp = new DatagramSocket(port)) {
                assertThat(udp.getLocalPort()).isEqualTo(tcp.getLocalPort());
                return ListenAddress.parse(form.formatted(port));
            } catch (BindException taken) {
                // Another one may be free.
            }
        }
    }

    static GenerationId generation(int number) {
        return new GenerationId(number);
    }

    static WorkerId id(int generation, int index) {
        return id(WEB, generation, index);
    }

    private static WorkerId id(ServiceName service, int generation, int index) {
        return new WorkerId(service, generation(generation), index);
    }

    /** Starts a generation's workers; returns once all listen. */
    Map<WorkerId, ProcessId> start(int generation, int count, String options, ListenAddress... listen)
            throws IOException {
        return start(WEB, generation, count, options, listen);
    }

    Map<WorkerId, ProcessId> start(
            ServiceName service, int generation, int count, String options, ListenAddress... listen)
            throws IOException {
        Map<WorkerId, ProcessId> started = new HashMap<>();
        for (int i = 1; i <= count; i++) {
            begin(id(service, generation, i), options, listen);
        }
        for (int i = 1; i <= count; i++) {
            started.put(id(service, generation, i), listening(id(service, generation, i)));
        }
        return started;
    }

    ProcessId start(WorkerId id, String options, ListenAddress... listen) throws IOException {
        begin(id, options, listen);
        return listening(id);
    }

    /** Starts {@code prefork.py}. */
    ProcessId startPrefork(WorkerId id, int children, ListenAddress address) throws IOException {
        begin(id, python("prefork.py", address.toString(), Integer.toString(children)));
        return listening(id);
    }

    private void begin(WorkerId id, String options, ListenAddress... listen) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(id.toString(), options));
        for (ListenAddress address : listen) {
            arguments.add(address.toString());
        }
        begin(id, python("worker.py", arguments.toArray(String[]::new)));
    }

    private void begin(WorkerId id, Process process) {
        running.put(id, process);
        all.add(process);
    }

    private ProcessId listening(WorkerId id) throws IOException {
        Process process = running.get(id);
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        String line = Objects.requireNonNull(output.readLine(), "the worker ended");
        assumeFalse(line.equals("denied"), "SO_BINDTODEVICE needs CAP_NET_RAW before Linux 5.7");
        long ticks = Processes.stat(process.pid()).orElseThrow().startTicks();
        return new ProcessId(process.pid(), ticks);
    }

    /** Starts the Python program of that name among the resources; it ends with its standard input. */
    static Process python(String name, String... arguments) throws IOException {
        assumeTrue(Files.isExecutable(PYTHON), "needs " + PYTHON);
        List<String> command = new ArrayList<>(List.of(PYTHON.toString(), "-I", "-c", program(name)));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String program(String name) throws IOException {
        try (InputStream source = Objects.requireNonNull(Workers.class.getResourceAsStream(name))) {
            return new String(source.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Sends all workers of a generation a signal, by kill(1), which knows STOP and CONT. */
    void signal(String signal, int generation) throws Exception {
        for (Map.Entry<WorkerId, Process> one : running.entrySet()) {
            if (one.getKey().generation().equals(generation(generation))) {
                signal(signal, one.getKey());
            }
        }
    }

    void signal(String signal, WorkerId id) throws Exception {
        new ProcessBuilder("kill", "-" + signal, Long.toString(running.get(id).pid()))
                .redirectErrorStream(true)
                .start()
                .waitFor();
    }

    private static boolean isOf(WorkerId worker, ServiceName service, int generation) {
        return worker.service().equals(service) && worker.generation().equals(generation(generation));
    }

    /** SIGTERM: they close their listeners, finish what they accepted, and end. */
    void end(int generation) throws Exception {
        end(WEB, generation);
    }

    void end(ServiceName service, int generation) throws Exception {
        for (Map.Entry<WorkerId, Process> one : running.entrySet()) {
            if (isOf(one.getKey(), service, generation)) {
                signal("TERM", one.getKey());
            }
        }
        for (Map.Entry<WorkerId, Process> one : running.entrySet()) {
            if (isOf(one.getKey(), service, generation)) {
                one.getValue().waitFor();
            }
        }
    }

    void kill(WorkerId id) throws InterruptedException {
        running.get(id).destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        all.forEach(Process::destroyForcibly);
    }
}
