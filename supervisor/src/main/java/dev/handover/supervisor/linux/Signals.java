package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.Signal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import jnr.posix.POSIXFactory;

/**
 * Signals to this process, taken by one daemon thread, one after the other.
 *
 * <p>The launcher blocks them before this process is a JVM: from then on each waits for the thread that reads them
 * (signalfd(2)), also one that comes before there is such a thread, and one that whoever started us had ignored. Where
 * they are not blocked, the JVM's own dispatcher is asked for them, which needs a new thread for each.
 */
public final class Signals {
    private static final Path OF_THIS_THREAD = Path.of("/proc/thread-self/status");
    private static final String BLOCKED = "SigBlk:";
    private static final int HEXADECIMAL = 16;
    /** sigset_t of glibc; musl's is as long. */
    private static final int SET_BYTES = 128;
    /** struct signalfd_siginfo; the signal's number is its first field, an uint32. */
    private static final int TAKEN_BYTES = 128;

    /** Those that a JVM hands on; of the others it has need itself. */
    private static final Set<Signal> HANDED_ON = Set.of(Signal.HUP, Signal.INT, Signal.TERM, Signal.USR1);

    private final Optional<Descriptor> descriptor;
    private final Thread thread;

    private Signals(Optional<Descriptor> descriptor, Thread thread) {
        this.descriptor = descriptor;
        this.thread = thread;
    }

    /** From now on {@code each} is given the signals, on one thread. */
    public static Signals take(Set<Signal> signals, Consumer<Signal> each) throws IOException {
        if (areBlocked(signals)) {
            Descriptor descriptor = new Descriptor(signals);
            return new Signals(Optional.of(descriptor), start(descriptor::next, each));
        }
        BlockingQueue<Signal> dispatched = dispatched(signals);
        return new Signals(Optional.empty(), start(() -> Optional.of(dispatched.take()), each));
    }

    /** False if they were not blocked when this process was started, and only some of them can be taken. */
    public boolean wereBlocked() {
        return descriptor.isPresent();
    }

    /** Takes none any more: where they are blocked, they wait, also for another program that this process becomes. */
    public void leave() {
        descriptor.ifPresent(open -> {
            open.leaving.signal();
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static boolean areBlocked(Set<Signal> signals) throws IOException {
        long mask = mask(signals);
        for (String line : Files.readAllLines(OF_THIS_THREAD, StandardCharsets.ISO_8859_1)) {
            if (line.startsWith(BLOCKED)) {
                String set = line.substring(BLOCKED.length()).trim();
                return (Long.parseUnsignedLong(set, HEXADECIMAL) & mask) == mask;
            }
        }
        return false;
    }

    private static long mask(Set<Signal> signals) {
        return signals.stream().mapToLong(signal -> 1L << (signal.number() - 1)).reduce(0, (one, other) -> one | other);
    }

    /** The Java implementation of jnr's, which goes through the JVM's dispatcher: a native handler must not run Java. */
    private static BlockingQueue<Signal> dispatched(Set<Signal> signals) {
        BlockingQueue<Signal> queue = new LinkedBlockingQueue<>();
        signals.stream()
                .filter(HANDED_ON::contains)
                .forEach(signal -> POSIXFactory.getJavaPOSIX()
                        .signal(jnr.constants.platform.Signal.valueOf(signal.toString()), number -> queue.add(signal)));
        return queue;
    }

    private interface Source {
        /** Empty once none is to be taken any more. */
        Optional<Signal> next() throws LinuxException, InterruptedException;
    }

    private static Thread start(Source source, Consumer<Signal> each) {
        Thread thread = new Thread(
                () -> {
                    while (true) {
                        try {
                            Optional<Signal> signal = source.next();
                            if (signal.isEmpty()) {
                                return;
                            }
                            Guarded.run(() -> each.accept(signal.get()));
                        } catch (LinuxException e) {
                            throw new IllegalStateException("signals can be read as long as there is a process", e);
                        } catch (InterruptedException e) {
                            return; // nobody does that
                        }
                    }
                },
                "signals");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Open as long as the process is. */
    private static final class Descriptor {
        private final Set<Signal> asked;
        private final Fd fd;
        private final WakeUp leaving = new WakeUp("signals");
        private final Poll poll;
        private final ByteBuffer taken = ByteBuffer.allocateDirect(TAKEN_BYTES).order(ByteOrder.nativeOrder());

        Descriptor(Set<Signal> signals) throws LinuxException {
            asked = signals;
            ByteBuffer set = ByteBuffer.allocateDirect(SET_BYTES).order(ByteOrder.nativeOrder());
            set.putLong(0, mask(signals));
            fd = new Fd(
                    Kernel.call("signalfd", "signals", () -> Kernel.LIBC.signalfd(-1, set, Abi.SFD_CLOEXEC)),
                    "signals");
            poll = new Poll(List.of(leaving.fd(), fd));
        }

        Optional<Signal> next() throws LinuxException {
            poll.await(Abi.INFINITE);
            if (poll.ready(0)) {
                return Optional.empty();
            }
            Kernel.callLong("read", fd.toString(), () -> Kernel.LIBC.read(fd.number(), taken, TAKEN_BYTES));
            int number = taken.getInt(0);
            for (Signal signal : asked) {
                if (signal.number() == number) {
                    return Optional.of(signal);
                }
            }
            throw new IllegalStateException("signal " + number + " was not asked for");
        }
    }
}
