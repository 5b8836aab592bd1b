package dev.handover.supervisor.linux;

/** Runs callers' code inside a loop that must outlive it. */
final class Guarded {
    private Guarded() {}

    static void run(Runnable code) {
        try {
            code.run();
        } catch (RuntimeException e) {
            Thread current = Thread.currentThread();
            current.getUncaughtExceptionHandler().uncaughtException(current, e);
        }
    }
}
