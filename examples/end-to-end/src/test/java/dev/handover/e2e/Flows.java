package dev.handover.e2e;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
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

    private final Selector selector = Selector.open();
    private final List<Flow> flows = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "flows");
    private volatile boolean over;
    private final AtomicInteger sent = new AtomicInteger();
    private volatile String failure = "";

    /** One port's datagrams. */
    static final class Flow {
        private final DatagramChannel channel;
        private final InetSocketAddress server;
        /** Who answered, by the datagram's number; those that nobody has answered yet are missing. */
        final TreeMap<Integer, List<String>> answers = new TreeMap<>();

        int sent;

        private Flow(DatagramChannel channel, InetSocketAddress server) {
            this.channel = channel;
            this.server = server;
        }
    }

    /** @param hosts loopback addresses of the server, to each of which as many flows go */
    Flows(int count, List<InetAddress> hosts, int port) throws IOException {
        for (int i = 0; i < count; i++) {
            InetAddress host = hosts.get(i % hosts.size());
            DatagramChannel channel = DatagramChannel.open(
                    host instanceof Inet6Address ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
            channel.bind(new InetSocketAddress(host, 0));
            channel.configureBlocking(false);
            Flow flow = new Flow(channel, new InetSocketAddress(host, port));
            channel.register(selector, SelectionKey.OP_READ, flow);
            flows.add(flow);
        }
        thread.start();
    }

    private void run() {
        try {
            while (!over) {
                Flow next = flows.get(sent.getAndIncrement() % flows.size());
                next.channel.send(bytes(Integer.toString(next.sent)), next.server);
                next.sent++;
                hear(Duration.ofNanos(PAUSE_NANOS));
            }
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
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
