package dev.handover.bench;

import dev.handover.chaos.Report;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A load in a thread of its own, while something is done to the server. */
final class Concurrent {
    private Concurrent() {}

    /** What is done meanwhile. */
    @FunctionalInterface
    interface Meanwhile {
        void run() throws IOException, InterruptedException;
    }

    /** @throws IOException if the figures say nothing about the server, or a connection was lost */
    static Report during(Callable<Report> load, Meanwhile meanwhile) throws IOException, InterruptedException {
        return trusted(whatever(load, meanwhile));
    }

    /** Whatever becomes of the connections. */
    static Report whatever(Callable<Report> load, Meanwhile meanwhile) throws IOException, InterruptedException {
        FutureTask<Report> task = new FutureTask<>(load);
        Thread thread = new Thread(task, "load");
        thread.start();
        try {
            meanwhile.run();
            return task.get();
        } catch (ExecutionException e) {
            throw new IOException("the load failed: " + e.getCause(), e.getCause());
        } finally {
            thread.interrupt();
        }
    }

    /** Does it again and again, the first time after one pause. */
    static void spread(int count, Duration pause, Meanwhile one) throws IOException, InterruptedException {
        long next = System.nanoTime();
        for (int i = 0; i < count; i++) {
            next += pause.toNanos();
            TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
            one.run();
        }
    }

    /** @throws IOException if the figures say nothing about the server, or a connection was lost */
    static Report trusted(Report report) throws IOException {
        if (report.load().isUntrusted()) {
            throw new IOException("the load fell behind its timetable: this machine is too busy");
        }
        if (report.dropped() > 0) {
            throw new IOException(report.dropped() + " of " + report.load().attempts() + " connections were lost");
        }
        return report;
    }
}
