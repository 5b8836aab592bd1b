package dev.handover.bench;

import dev.handover.chaos.Report;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A load in a thread of its own, while something is done to the server. */
final class Concurrent {
    private Concurrent() {}

    /** What is done meanwhile. */
    @FunctionalInterface
    interface Meanwhile {
        void run() throws IOException, InterruptedException;
    }

    static Report during(Callable<Report> load, Meanwhile meanwhile) throws IOException, InterruptedException {
        FutureTask<Report> task = new FutureTask<>(load);
        Thread thread = new Thread(task, "load");
        thread.start();
        try {
            meanwhile.run();
            return trusted(task.get());
        } catch (ExecutionException e) {
            throw new IOException("the load failed: " + e.getCause(), e.getCause());
        } finally {
            thread.interrupt();
        }
    }

    /** @throws IOException if the figures say nothing about the server, or a connection was lost */
    private static Report trusted(Report report) throws IOException {
        if (report.load().isUntrusted()) {
            throw new IOException("the load fell behind its timetable: this machine is too busy");
        }
        if (report.dropped() > 0) {
            throw new IOException(report.dropped() + " of " + report.load().attempts() + " connections were lost");
        }
        return report;
    }
}
