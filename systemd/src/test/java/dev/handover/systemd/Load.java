package dev.handover.systemd;

import dev.handover.systemd.HttpConnection.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** Clients that connect, ask once and close, over and over, until told to end. */
final class Load {
    private static final int CLIENTS = 4;

    private final AtomicBoolean ended = new AtomicBoolean();
    private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> clients = new ArrayList<>();

    Load(int port) {
        for (int i = 0; i < CLIENTS; i++) {
            Thread client = new Thread(() -> ask(port), "client " + i);
            client.setDaemon(true);
            client.start();
            clients.add(client);
        }
    }

    private void ask(int port) {
        while (!ended.get()) {
            try {
                replies.add(HttpConnection.get(port, "/"));
            } catch (IOException failed) {
                failures.add(failed.toString());
            }
        }
    }

    /**
     * What came of the attempts.
     *
     * @param repliesByGeneration how many each gave
     * @param workers who replied, such as {@code web/g1/w2/4711}
     * @param failures how the others failed
     */
    record Outcome(
            TreeMap<Integer, Integer> repliesByGeneration,
            Set<String> workers,
            List<Integer> statuses,
            List<String> failures) {}

    Outcome end() throws InterruptedException {
        ended.set(true);
        for (Thread client : clients) {
            client.join();
        }
        TreeMap<Integer, Integer> byGeneration = new TreeMap<>();
        replies.forEach(reply -> byGeneration.merge(reply.generation(), 1, Integer::sum));
        return new Outcome(
                byGeneration,
                replies.stream().map(Reply::worker).collect(Collectors.toSet()),
                replies.stream().map(Reply::status).distinct().toList(),
                List.copyOf(failures));
    }
}
