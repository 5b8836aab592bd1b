package dev.handover.worker.adopt;

import static java.lang.System.Logger.Level.DEBUG;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.handover.worker.ListenAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.ObjIntConsumer;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;

/**
 * A second connection of the worker to its supervisor, which says that it adopts and hears of nothing else; all other things
 * are worker-api's connection's. It comes back when the supervisor does.
 */
final class SupervisorLink implements Runnable {
    private static final System.Logger LOG = System.getLogger("dev.handover.worker.adopt");
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** A conversation that lasted this long ended by a restart of the supervisor's, not by its refusing us. */
    private static final Duration SOUND = Duration.ofSeconds(1);

    private static final int LONGEST_MESSAGE = 4096;

    private final Path supervisor;
    private final BooleanSupplier accepting;
    private final ObjIntConsumer<ListenAddress> listeners;

    /**
     * @param accepting whether the worker accepts: else it has nothing to say
     * @param listeners takes each listener that comes, with its descriptor to close
     */
    SupervisorLink(Path supervisor, BooleanSupplier accepting, ObjIntConsumer<ListenAddress> listeners) {
        this.supervisor = supervisor;
        this.accepting = accepting;
        this.listeners = listeners;
    }

    @Override
    public void run() {
        Duration pause = Duration.ZERO;
        while (true) {
            long began = System.nanoTime();
            if (accepting.getAsBoolean()) {
                try (UnixSocketChannel channel = UnixSocketChannel.open(new UnixSocketAddress(supervisor.toFile()))) {
                    converse(channel);
                } catch (IOException e) {
                    LOG.log(DEBUG, "no supervisor at " + supervisor + " to adopt from", e);
                }
            }
            boolean sound = System.nanoTime() - began >= SOUND.toNanos();
            pause = sound ? Duration.ZERO : longer(pause);
            try {
                Thread.sleep(pause.toMillis());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static Duration longer(Duration pause) {
        if (pause.isZero()) {
            return FIRST_PAUSE;
        }
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    private void converse(UnixSocketChannel channel) throws IOException {
        Queue<Integer> descriptors = new ArrayDeque<>();
        try {
            say(channel, "HELLO=1\nADOPTS=1\n");
            ByteBuffer received = ByteBuffer.allocateDirect(LONGEST_MESSAGE);
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int count;
            while ((count = Posix.receive(channel.getFD(), received, descriptors)) > 0) {
                for (int i = 0; i < count; i++) {
                    if (received.get(i) != '\n') {
                        line.write(received.get(i));
                    } else {
                        hear(channel, line.toString(UTF_8), descriptors);
                        line.reset();
                    }
                }
                if (line.size() >= LONGEST_MESSAGE) {
                    throw new IOException("a message is longer than " + LONGEST_MESSAGE + " bytes");
                }
            }
        } finally {
            descriptors.forEach(Posix::close);
        }
    }

    private void hear(UnixSocketChannel channel, String message, Queue<Integer> descriptors) throws IOException {
        String key = message.substring(0, Math.max(0, message.indexOf('=')));
        switch (key) {
            case "HELLO", "DRAIN", "ERROR" -> {}
            case "ADOPT" -> {
                Integer listener = descriptors.poll();
                try {
                    ListenAddress address = ListenAddress.parse(message.substring("ADOPT=".length()));
                    if (listener == null) {
                        say(channel, "ERROR=ADOPT: expected with a descriptor\n");
                    } else {
                        listeners.accept(address, listener);
                    }
                } catch (IllegalArgumentException e) {
                    if (listener != null) {
                        Posix.close(listener);
                    }
                    say(channel, "ERROR=ADOPT: an address expected\n");
                }
            }
            default -> say(channel, "ERROR=" + key + ": unknown key\n");
        }
    }

    private static void say(UnixSocketChannel channel, String lines) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(lines.getBytes(UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
