package dev.handover.supervisor.process;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One thread, to which work is given; it is there from the start, since none may be had any more when it is needed. */
final class OwnThread extends ThreadPoolExecutor {
    OwnThread(String name) {
        super(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            return made;
        });
        prestartCoreThread();
    }
}
