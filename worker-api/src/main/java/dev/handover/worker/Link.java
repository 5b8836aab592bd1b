package dev.handover.worker;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The connection to the supervisor, on a daemon thread of its own: connects, holds a {@link Conversation}, and begins
 * again when the supervisor goes away. Whatever the supervisor does, the application sees no exception of ours.
 */
final class Link implements Runnable {
    private static final System.Logger LOG = System.getLogger("dev.handover.worker");
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** A conversation that lasted this long ended by a restart of the supervisor's, not by its refusing us. */
    private static final Duration SOUND = Duration.ofSeconds(1);

    private final Path path;
    private final Optional<Duration> watchdog;
    private final Standing standing;
    private final BooleanSupplier alive;
    private final Selector selector;
    private final Thread thread;
    private int failures;
    private boolean outage;

    Link(Path path, Optional<Duration> watchdog, Standing standing, BooleanSupplier alive) throws IOException {
        this.path = path;
        this.watchdog = watchdog;
        this.standing = standing;
        this.alive = alive;
        this.selector = Selector.open();
        this.thread = new Thread(this, "handover-link");
        thread.setDaemon(true);
        standing.onChange(selector::wakeup);
    }

    void start() {
        thread.start();
    }

    /** Waits until the last word is said, or the time is over. */
    void awaitEnd(Duration limit) throws InterruptedException {
        thread.join(limit.toMillis());
    }

    @Override
    public void run() {
        try (selector) {
            do {
                long startedAt = System.nanoTime();
                try {
                    converse();
                    return;
                } catch (IOException | MessageReader.Unreadable | RuntimeException e) {
                    failures = System.nanoTime() - startedAt >= SOUND.toNanos() ? 0 : failures + 1;
                    if (!outage) {
                        outage = true;
                        LOG.log(
                                INFO,
                                "no word with the supervisor at {0} ({1}); serving on, trying again",
                                path,
                                e.getMessage());
                    }
                }
                pause();
            } while (!standing.hasLeft());
        } catch (IOException e) {
            LOG.log(WARNING, "no longer trying to reach the supervisor at {0}: {1}; serving on", path, e.getMessage());
        }
    }

    /** Nothing after the first failure, then 100 ms, 200 ms, … 5 s. */
    private void pause() throws IOException {
        int doublings = Math.min(Math.max(0, failures - 1), 6);
        Duration pause = failures == 0 ? Duration.ZERO : FIRST_PAUSE.multipliedBy(1L << doublings);
        pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        long until = System.nanoTime() + pause.toNanos();
        for (long left = pause.toNanos(); left > 0 && !standing.hasLeft(); left = until - System.nanoTime()) {
            selector.select(left / 1_000_000 + 1);
        }
    }

    /** Speaks until all is said and the worker leaves. */
    private void converse() throws IOException, MessageReader.Unreadable {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            Conversation conversation = new Conversation(watchdog, System.nanoTime());
            MessageReader reader = new MessageReader();
            ByteBuffer outgoing = ByteBuffer.allocate(0);
            while (true) {
                long now = System.nanoTime();
                // Asked first: who has left by then has his last facts, and among them whether all is done.
                boolean leaving = standing.hasLeft();
                Facts facts = standing.facts();
                if (!outgoing.hasRemaining()) {
                    outgoing = encode(conversation.due(facts, alive.getAsBoolean(), now));
                }
                channel.write(outgoing);
                if (!outgoing.hasRemaining() && leaving && (conversation.saidDone() || !facts.done())) {
                    return;
                }
                if (conversation.unanswered(now)) {
                    throw new IOException("no HELLO within " + Conversation.HELLO_TIMEOUT);
                }
                // What isn't taken isn't answered: the peer that doesn't read gets no more replies to hold.
                key.interestOps(outgoing.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
                selector.select(conversation.nextLook(facts, now).toMillis() + 1);
                selector.selectedKeys().clear();
                if (!outgoing.hasRemaining()) {
                    hear(channel, reader, conversation);
                }
            }
        } finally {
            selector.selectNow();
        }
    }

    private void hear(SocketChannel channel, MessageReader reader, Conversation conversation)
            throws IOException, MessageReader.Unreadable {
        ByteBuffer incoming = ByteBuffer.allocate(Message.MAX_BYTES);
        if (channel.read(incoming) < 0) {
            throw new EOFException("it closed the connection");
        }
        try {
            for (Message message : reader.read(incoming.flip())) {
                if (message.key().equals("ERROR")) {
                    LOG.log(WARNING, "the supervisor did not take a message: {0}", message.value());
                }
                if (outage && conversation.greeted()) {
                    outage = false;
                    LOG.log(INFO, "the supervisor at {0} is back", path);
                }
                conversation.hear(message).ifPresent(millis -> standing.drain(Duration.ofMillis(millis)));
            }
        } catch (MessageReader.Unreadable e) {
            channel.write(ByteBuffer.wrap(
                    Message.ofText("ERROR", String.valueOf(e.getMessage())).encode()));
            throw e;
        }
    }

    private static ByteBuffer encode(List<Message> messages) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        messages.forEach(message -> bytes.writeBytes(message.encode()));
        return ByteBuffer.wrap(bytes.toByteArray());
    }
}
