package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ControlCharacters;
import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.ProcessId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import jnr.constants.platform.Errno;
import org.jspecify.annotations.Nullable;

/**
 * Runs small programs to their end, each within a time and on the thread that asks for it. What is not done by then is killed, with
 * all that descends from it; of one that is done in time, what is left in its session is. Nothing of them outlives {@link #close}.
 */
public final class Errands implements AutoCloseable {
    /** Of what it writes, the last is kept: as much as a line that is worth showing has. */
    private static final int KEPT = 4096;

    private static final int CHUNK = 4096;
    private static final int LONGEST_LINE = 300;

    /** As many as a pipe holds, and some. */
    private static final int MOST_CHUNKS = 40;

    private static final long DEATH_SECONDS = 5;
    private static final long LAST_SECONDS = 2;

    private final WakeUp over;
    private boolean closed;
    private int underWay;

    /** @throws LinuxException if no descriptor is to be had */
    public Errands() throws LinuxException {
        over = new WakeUp("the end of errands");
    }

    /**
     * How one ended.
     *
     * @param exit of the one that was killed for its time, too
     * @param limit how long it had; null of one that ended in time
     * @param lastLine the last of what it wrote that is not blank, to its standard output or its standard error; may be empty
     */
    public record Ended(Exit exit, @Nullable Duration limit, String lastLine) {
        /** Whether it exited with 0, in time. */
        public boolean isDone() {
            return limit == null && exit.equals(new Exit.Code(0));
        }

        /** The same, of one that had a part of a longer time. */
        public Ended outOf(Duration whole) {
            return limit == null ? this : new Ended(exit, whole, lastLine);
        }

        /** For people: {@code exited with 1: 'no such host'}. */
        @Override
        public String toString() {
            String how = limit == null ? exit.toString() : "was not done within " + Durations.text(limit);
            return lastLine.isEmpty() ? how : how + ": '" + lastLine + "'";
        }
    }

    /**
     * Runs one.
     *
     * @param program its own output is not used: it is read here
     * @param input what it finds at its standard input
     * @param limit from its start to its end
     * @throws IOException if it can't be started, or there is an end to all, with a message for users
     */
    public Ended run(Program program, byte[] input, Duration limit) throws IOException {
        begin();
        try (Fd in = holding(input);
                Pipe out = new Pipe()) {
            long pid = Launcher.start(program.between(named(in), named(out.write)));
            out.write.close();
            return await(pid, out.read, limit);
        } finally {
            end();
        }
    }

    private synchronized void begin() throws IOException {
        if (closed) {
            throw new IOException("the supervisor ends");
        }
        underWay++;
    }

    private synchronized void end() {
        underWay--;
        notifyAll();
    }

    private Ended await(long pid, Fd out, Duration limit) throws IOException {
        Tail tail = new Tail();
        ProcessId id = new ProcessId(
                pid, Processes.stat(pid).map(ProcessStat::startTicks).orElse(0L));
        try (Pidfd process = watched(pid)) {
            boolean inTime = await(process, out, System.nanoTime() + limit.toNanos(), tail);
            if (!inTime) {
                kill(id, process);
            }
            tail.readFrom(out);
            Exit exit = Children.exit(pid);
            return new Ended(exit, inTime ? null : limit, tail.lastLine());
        } finally {
            try {
                Processes.killSessions(Set.of(pid));
            } finally {
                Children.reap(pid);
            }
        }
    }

    /** @throws IOException if it can't be watched, and has been ended */
    private static Pidfd watched(long pid) throws IOException {
        try {
            return Pidfd.open(pid).orElseThrow(() -> new IOException("it vanished"));
        } catch (IOException unwatched) {
            Children.end(pid);
            throw unwatched;
        }
    }

    /** Whether it has ended by then. */
    private boolean await(Pidfd process, Fd out, long deadline, Tail tail) throws LinuxException {
        boolean more = true; // to be read
        while (true) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            List<Fd> all = new ArrayList<>(List.of(process.fd(), over.fd()));
            if (more) {
                all.add(out);
            }
            Poll poll = new Poll(all);
            poll.await((int) Math.min(Integer.MAX_VALUE, Math.max(0, left)));
            if (poll.ready(0)) {
                return true;
            } else if (poll.ready(1) || left <= 0) {
                return false;
            } else if (more && poll.ready(2)) {
                more = tail.readFrom(out);
            }
        }
    }

    private static void kill(ProcessId id, Pidfd process) throws IOException {
        Set<Long> sessions = Processes.sessionsOf(Set.of(id));
        Processes.killSessions(sessions);
        process.awaitEnd(Duration.ofSeconds(DEATH_SECONDS));
    }

    /** What the program opens as a file of its own. */
    private static Path named(Fd fd) {
        return Path.of("/proc/self/fd/" + fd.number());
    }

    private static Fd holding(byte[] input) throws LinuxException {
        String what = "an input of " + input.length + " bytes";
        Fd fd = new Fd(
                Kernel.call(
                        "memfd_create",
                        what,
                        () -> Kernel.LIBC.memfd_create(
                                CString.of("handover-input").terminated(), Abi.MFD_CLOEXEC)),
                what);
        try {
            ByteBuffer rest = ByteBuffer.allocateDirect(input.length).put(input).flip();
            while (rest.hasRemaining()) {
                ByteBuffer part = rest.slice();
                rest.position(rest.position()
                        + (int) Kernel.callLong(
                                "write", what, () -> Kernel.LIBC.write(fd.number(), part, part.remaining())));
            }
            return fd;
        } catch (LinuxException refused) {
            fd.close();
            throw refused;
        }
    }

    /** Kills what is under way, and returns when that has ended; from then on none is begun. */
    @Override
    public synchronized void close() {
        closed = true;
        over.signal();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LAST_SECONDS);
        try {
            for (long left = LAST_SECONDS * 1000; underWay > 0 && left > 0; ) {
                wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        // Its descriptor stays as long as this process: who is late in ending may still wait for it.
    }

    /** A pipe without a name; reading never waits. */
    private static final class Pipe implements AutoCloseable {
        private final Fd read;
        private final Fd write;

        Pipe() throws LinuxException {
            int[] ends = new int[2];
            Kernel.call("pipe2", "output", () -> Kernel.LIBC.pipe2(ends, Abi.O_CLOEXEC | Abi.O_NONBLOCK));
            read = new Fd(ends[0], "output, to read");
            write = new Fd(ends[1], "output, to write");
        }

        @Override
        public void close() {
            read.close();
            write.close();
        }
    }

    /** The end of what was read. */
    private static final class Tail {
        private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
        private byte[] bytes = new byte[0];

        /**
         * Reads what there is, some at a time: one that writes without an end is not read without one.
         *
         * @return whether more may come
         */
        boolean readFrom(Fd out) throws LinuxException {
            for (int i = 0; i < MOST_CHUNKS; i++) {
                try {
                    long length =
                            Kernel.callLong("read", out.toString(), () -> Kernel.LIBC.read(out.number(), chunk, CHUNK));
                    if (length == 0) {
                        return false;
                    }
                    add((int) length);
                } catch (LinuxException refused) {
                    if (refused.is(Errno.EAGAIN)) {
                        return true;
                    }
                    throw refused;
                }
            }
            return true;
        }

        private void add(int length) {
            byte[] all = new byte[bytes.length + length];
            System.arraycopy(bytes, 0, all, 0, bytes.length);
            chunk.clear();
            chunk.get(all, bytes.length, length);
            chunk.clear();
            int from = Math.max(0, all.length - KEPT);
            bytes = Arrays.copyOfRange(all, from, all.length);
        }

        String lastLine() {
            String last = new String(bytes, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .reduce("", (one, next) -> next)
                    .strip();
            String shown = ControlCharacters.escaped(last);
            return shown.length() <= LONGEST_LINE ? shown : shown.substring(0, LONGEST_LINE) + "…";
        }
    }
}
