package dev.handover.chaos.link;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A network namespace with one end of the link; whatever still runs in it ends with it. */
final class Namespace implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(2);
    /** The kernel's own limit of packets waiting for the relay: high enough for a burst. */
    private static final int QUEUE = 10_000;

    private final String name;

    private Namespace(String name) {
        this.name = name;
    }

    static Namespace create(String name) throws IOException {
        Ip.run("netns", "add", name);
        return new Namespace(name);
    }

    String name() {
        return name;
    }

    /** Moves the device in and gives it its addresses, {@code 10.77.0.n} and {@code fd77::n} for each n. */
    void takeIn(Tun device, List<Integer> addresses) throws IOException {
        Ip.run("link", "set", device.name(), "netns", name);
        List<String> commands = new ArrayList<>();
        commands.add("link set lo up");
        commands.add("link set " + device.name() + " mtu " + Tun.MTU + " txqueuelen " + QUEUE + " up");
        for (int n : addresses) {
            commands.add("addr add 10.77.0." + n + "/24 dev " + device.name());
        }
        if (Files.isDirectory(Path.of("/proc/sys/net/ipv6"))) {
            for (int n : addresses) {
                // nodad: an address that waits for duplicate address detection cannot be bound for a second.
                commands.add("addr add fd77::" + n + "/64 dev " + device.name() + " nodad");
            }
        }
        Ip.batch(name, commands);
    }

    List<String> exec(List<String> command) {
        List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", name));
        inside.addAll(command);
        return List.copyOf(inside);
    }

    @Override
    public void close() throws IOException {
        List<ProcessHandle> left = processes();
        left.forEach(ProcessHandle::destroy);
        CompletableFuture<Void> gone =
                CompletableFuture.allOf(left.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new));
        try {
            gone.get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // They had their time; those that are left are killed.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        processes().forEach(ProcessHandle::destroyForcibly);
        Ip.run("netns", "del", name);
    }

    private List<ProcessHandle> processes() throws IOException {
        return Ip.run("netns", "pids", name).stream()
                .map(Long::parseLong)
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .toList();
    }
}
