package dev.handover.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients of a UDP server that answers each datagram by the same text and its name; each sends from one port, one after one. */
final class Flows implements AutoCloseable {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int LONGEST_REPLY = 128;

    private final InetSocketAddress server;
    private final Selector selector = Selector.open();
    private final List<Flow> flows = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "flows");
    private volatile boolean over;
    private final AtomicInteger sent = new AtomicInteger();
    private volatile String failure = "";

    /** One port's datagrams. */
    static final class Flow {
        private final DatagramChannel channel;
        /** Who answered, by the datagram's number; those that nobody has answered yet are missing. */
        final TreeMap<Integer, List<String>> answers = new TreeMap<>();

        int sent;

        private Flow(DatagramChannel channel) {
            this.channel = channel;
        }
    }

    Flows(int count, int port) throws IOException {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        for (int i = 0; i < count; i++) {
            DatagramChannel channel = DatagramChannel.open();
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            channel.configureBlocking(false);
            Flow flow = new Flow(channel);
            channel.register(selector, SelectionKey.OP_READ, flow);
            flows.add(flow);
        }
        thread.start();
    }

    private void run() {
        try {
            while (!over) {
                Flow next = flows.get(sent.getAndIncrement() % flows.size());
                next.channel.send(bytes(Integer.toString(next.sent)), server);
                next.sent++;
                hear(Duration.ofNanos(PAUSE_NANOS));
            }
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (System.nanoTime() < deadline && !isComplete()) {
                hear(Duration.ofMillis(100));
            }
        } catch (IOException e) {
            failure = e.toString();
        }
    }

    private boolean isComplete() {
        return flows.stream().allMatch(flow -> flow.answers.size() == flow.sent);
    }

    private void hear(Duration limit) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        do {
            selector.select(1);
            for (SelectionKey key : selector.selectedKeys()) {
                Flow flow = (Flow) key.attachment();
                ByteBuffer reply = ByteBuffer.allocate(LONGEST_REPLY);
                while (flow.channel.receive(reply.clear()) != null) {
                    String[] words = StandardCharsets.UTF_8
                            .decode(reply.flip())
                            .toString()
                            .split(" ");
                    flow.answers
                            .computeIfAbsent(Integer.valueOf(words[0]), number -> new ArrayList<>())
                            .add(words[1]);
                }
            }
            selector.selectedKeys().clear();
        } while (System.nanoTime() < deadline);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** How many datagrams were sent so far. */
    int sent() {
        return sent.get();
    }

    /** Stops sending, and waits for what is not answered yet. */
    List<Flow> end() throws InterruptedException, IOException {
        over = true;
        thread.join();
        if (!failure.isEmpty()) {
            throw new IOException(failure);
        }
        return flows;
    }

    @Override
    public void close() throws IOException {
        over = true;
        for (Flow one : flows) {
            one.channel.close();
        }
        selector.close();
    }
}
