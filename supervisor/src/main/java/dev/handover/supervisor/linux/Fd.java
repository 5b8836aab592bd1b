package dev.handover.supervisor.linux;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One open descriptor and its only owner. Its number is never kept elsewhere: after a close the kernel gives the number
 * to the next thing that is opened, and whoever still used it would reach that.
 */
final class Fd implements AutoCloseable {
    private final int number;
    private final String subject;
    private final AtomicBoolean open = new AtomicBoolean(true);

    /** @param subject what is open, for messages */
    Fd(int number, String subject) {
        this.number = number;
        this.subject = subject;
    }

    /** @throws IllegalStateException if it has been closed */
    int number() {
        if (!open.get()) {
            throw new IllegalStateException("closed already: " + subject);
        }
        return number;
    }

    boolean isOpen() {
        return open.get();
    }

    /** All that this process has open from a number on. One that another thread opens meanwhile may be missed. */
    static List<Integer> openFrom(int first) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            all.forEach(each -> numbers.add(Integer.parseInt(each.getFileName().toString())));
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        numbers.removeIf(number -> number < first);
        return numbers;
    }

    /** A second descriptor, close-on-exec too, for the same open thing; with an owner of its own. */
    Fd duplicate() throws LinuxException {
        return new Fd(
                Kernel.call("fcntl", subject, () -> Kernel.LIBC.fcntl(number(), Abi.F_DUPFD_CLOEXEC, 3)), subject);
    }

    /** This one, or a duplicate in its place: never 0, 1 or 2, where those for a new process are in the way of one another. */
    Fd beyondStandard() throws LinuxException {
        if (number() > 2) {
            return this;
        }
        try (this) {
            return duplicate();
        }
    }

    /**
     * Closes once; later calls do nothing. Whatever close(2) returns, EINTR included, Linux has let go of the number,
     * and a second try could close what another thread has opened since.
     */
    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            Kernel.LIBC.close(number);
        }
    }

    @Override
    public String toString() {
        return subject;
    }
}
