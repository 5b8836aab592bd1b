package dev.handover.supervisor.linux;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Waits until the kernel has dealt with every packet that it had begun to deal with before. Either of two things shows
 * that: a grace period of RCU, under which the kernel receives each packet (10 ms and more), or a thread that has run on
 * every CPU meanwhile (some 0.1 ms, if the CPUs are not busy). What comes first will do.
 */
public final class PacketBarrier {
    /** MEMBARRIER_CMD_GLOBAL of membarrier(2), Linux 4.3. */
    private static final int GLOBAL = 1;

    private static final int X86_64 = 324;
    private static final int GENERIC = 283;

    private static final long LONGEST_SECONDS = 10;

    private static final ExecutorService GRACE_PERIOD = Threads.one("grace-period");
    private static final ExecutorService EVERY_CPU = Threads.one("every-cpu");

    private final CompletableFuture<@Nullable Void> passed = new CompletableFuture<>();
    private final AtomicBoolean refusedOnce = new AtomicBoolean();

    private PacketBarrier() {}

    /** Has its threads made, while some are to be had. */
    public static void prepare() {
        // Static fields are.
    }

    /** Begins to wait for packets that are looked up under a program that is older than this call. */
    public static PacketBarrier begin() {
        PacketBarrier barrier = new PacketBarrier();
        GRACE_PERIOD.execute(barrier::awaitGracePeriod);
        EVERY_CPU.execute(barrier::visitEveryCpu);
        return barrier;
    }

    private void awaitGracePeriod() {
        String architecture = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        long number = architecture.equals("amd64") || architecture.equals("x86_64") ? X86_64 : GENERIC;
        try {
            Kernel.callLong("membarrier", "global", () -> Kernel.LIBC.syscall(number, GLOBAL, 0, 0, 0));
            passed.complete(null);
        } catch (LinuxException refused) {
            refused(refused); // EINVAL where CPUs run without a tick (nohz_full): the visit may do.
        }
    }

    /** The one that is left will do; without either nothing is waited for. */
    private void refused(IOException refused) {
        if (refusedOnce.getAndSet(true)) {
            passed.completeExceptionally(refused);
        }
    }

    private void visitEveryCpu() {
        try {
            if (EveryCpu.visit()) {
                passed.complete(null);
            } else {
                refused(new IOException("not every CPU can be visited"));
            }
        } catch (IOException refused) {
            refused(refused); // A cpuset: the grace period will do.
        }
    }

    /**
     * Returns when each of those packets has arrived where its program sent it.
     *
     * @throws IOException if that can't be told here
     */
    public void await() throws IOException {
        try {
            passed.get(LONGEST_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException("neither membarrier nor a visit to every CPU tells when packets have arrived", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while packets were to arrive", e);
        }
    }
}
