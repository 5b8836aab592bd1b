package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import jnr.constants.platform.Errno;

/** The kernel refused something: {@code pidfd_getfd: EPERM (worker 3, pid 4711)}. */
public final class LinuxException extends IOException {
    private static final long serialVersionUID = 1;

    private final String call;
    private final Errno errno;

    LinuxException(String call, Errno errno, String subject) {
        super(call + ": " + errno.name() + " (" + subject + ")"
                + (errno == Errno.EMFILE ? ": " + Why.NO_DESCRIPTORS : ""));
        this.call = call;
        this.errno = errno;
    }

    /** The C function or system call that failed, such as {@code pidfd_getfd}. */
    public String call() {
        return call;
    }

    /** The error's symbolic name, such as {@code EPERM}. */
    public String errno() {
        return errno.name();
    }

    boolean is(Errno other) {
        return errno == other;
    }
}
