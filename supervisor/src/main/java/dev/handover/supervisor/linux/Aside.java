package dev.handover.supervisor.linux;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Does something on a thread that ends with it. What is set for that thread alone is inherited by the programs that it
 * starts, and by nothing else.
 */
final class Aside {
    private Aside() {}

    /** @throws IOException what the work threw, or that there is no thread for it */
    static <T> T call(String name, Callable<T> work) throws IOException {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        try {
            thread.start();
            return task.get();
        } catch (OutOfMemoryError noThread) {
            throw new IOException("no thread is to be had to start it on", noThread);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException refused) {
                throw refused;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new IOException("the supervisor is stopping", stopping);
        }
    }
}
