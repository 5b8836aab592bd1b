package dev.handover.supervisor.linux;

import jnr.posix.POSIXFactory;

/** Signals to this process. */
public final class Signals {
    private Signals() {}

    /**
     * From now on the signal runs {@code action}, on a thread of the JVM's, instead of ending the process.
     *
     * @param signal its name without SIG, such as {@code HUP}
     */
    public static void on(String signal, Runnable action) {
        // The Java implementation, which goes through the JVM's own signal dispatcher: a native handler must not run
        // Java.
        POSIXFactory.getJavaPOSIX()
                .signal(jnr.constants.platform.Signal.valueOf("SIG" + signal), number -> action.run());
    }
}
