package dev.handover.worker;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A program under a {@link FakeSupervisor}, on a port of its own; ended at the latest when this is closed. */
public final class WorkerProcess implements AutoCloseable {
    private final Process process;
    private final int port;

    private WorkerProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts a main class of the tests' own class path. */
    public static WorkerProcess java(FakeSupervisor supervisor, Map<String, String> environment, Class<?> main)
            throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return start(
                supervisor, environment, List.of(java, "-cp", System.getProperty("java.class.path"), main.getName()));
    }

    /** Starts any program. */
    public static WorkerProcess start(FakeSupervisor supervisor, Map<String, String> environment, List<String> command)
            throws IOException {
        int port = freePort();
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().putAll(supervisor.environment("tcp://127.0.0.1:" + port));
        builder.environment().putAll(environment);
        return new WorkerProcess(builder.start(), port);
    }

    /** One that the kernel gives to nobody who asks for any. */
    private static int freePort() throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 32_768);
            try (ServerSocket socket = new ServerSocket(port, 1)) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // Another one may be free.
            }
        }
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    public Socket connect() throws IOException {
        return new Socket(InetAddress.getByName("127.0.0.1"), port);
    }

    /** Waits for the process to end; gives its exit status. */
    public int exitStatus() throws InterruptedException {
        if (!process.waitFor(Duration.ofMinutes(2).toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("pid " + process.pid() + " has not ended");
        }
        return process.exitValue();
    }

    public void terminate() {
        process.destroy();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
