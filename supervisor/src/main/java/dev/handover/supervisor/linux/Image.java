package dev.handover.supervisor.linux;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * What a process was made of at its start, and another one can be made of again.
 *
 * @param file the program's file, absolute
 * @param words its arguments, the name that it is called by first
 * @param environment each {@code NAME=value}
 * @param blocked the signals that it had blocked, bit n - 1 for signal n
 */
public record Image(Path file, List<CString> words, List<CString> environment, long blocked) {
    private static final Path SELF = Path.of("/proc/self");
    private static final String BLOCKED = "SigBlk:";
    private static final int HEXADECIMAL = 16;
    /** sigset_t of glibc; musl's is as long. */
    private static final int SIGNAL_SET_BYTES = 128;

    private static final int AFTER_STANDARD = 3;

    public Image {
        words = List.copyOf(words);
        environment = List.copyOf(environment);
    }

    /**
     * That of this process.
     *
     * @throws IOException if /proc may not be read: that of a program with file capabilities is root's
     */
    public static Image ofThisProcess() throws IOException {
        return new Image(
                Files.readSymbolicLink(SELF.resolve("exe")),
                strings(SELF.resolve("cmdline")),
                strings(SELF.resolve("environ")),
                blockedSignals());
    }

    public Image withWords(List<CString> other) {
        return new Image(file, other, environment, blocked);
    }

    public Image withEnvironment(List<CString> other) {
        return new Image(file, words, other, blocked);
    }

    /** Of the first thread, which in a JVM runs no Java and has what the process was started with. */
    private static long blockedSignals() throws IOException {
        for (String line : Files.readAllLines(SELF.resolve("status"), StandardCharsets.ISO_8859_1)) {
            if (line.startsWith(BLOCKED)) {
                return Long.parseUnsignedLong(line.substring(BLOCKED.length()).trim(), HEXADECIMAL);
            }
        }
        throw new IOException(SELF + "/status says nothing of blocked signals");
    }

    private static List<CString> strings(Path file) throws IOException {
        byte[] all = Files.readAllBytes(file);
        List<CString> strings = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < all.length; i++) {
            if (all[i] == 0) {
                strings.add(CString.of(Arrays.copyOfRange(all, start, i)));
                start = i + 1;
            }
        }
        return strings;
    }

    /**
     * Makes this process that, in its place: its pid, its children, its working directory and its standard descriptors stay,
     * its threads end, and so do signals' handlers; a signal that is blocked before and after waits (execve(2)). All other
     * descriptors are closed.
     *
     * @param kept one that stays open under its number
     * @throws IOException if it can't be, and this process goes on
     */
    public void become(OptionalInt kept) throws IOException {
        byte[] path = CString.of(file.toString()).terminated();
        CStrings argv = new CStrings(words);
        CStrings envp = new CStrings(environment);
        ByteBuffer mask = ByteBuffer.allocateDirect(SIGNAL_SET_BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(0, blocked);
        Pointer before = Memory.allocateDirect(Kernel.RUNTIME, SIGNAL_SET_BYTES, true);
        closeAtExec(kept);
        Kernel.call("sigprocmask", "signals", () -> Kernel.LIBC.sigprocmask(Abi.SIG_SETMASK, mask, before));
        try {
            Kernel.call("execve", file.toString(), () -> Kernel.LIBC.execve(path, argv.pointer(), envp.pointer()));
        } finally {
            ByteBuffer restored = ByteBuffer.allocateDirect(SIGNAL_SET_BYTES)
                    .order(ByteOrder.nativeOrder())
                    .putLong(0, before.getLong(0));
            Kernel.call("sigprocmask", "signals", () -> Kernel.LIBC.sigprocmask(Abi.SIG_SETMASK, restored, null));
            // The arrays are pointed to by bare addresses, which do not keep them from being collected.
            Reference.reachabilityFence(argv);
            Reference.reachabilityFence(envp);
        }
    }

    /** What the JDK opens, it does not mark. One that another thread opens meanwhile may be missed, and stays open. */
    private static void closeAtExec(OptionalInt kept) throws IOException {
        for (int number : Fd.openFrom(AFTER_STANDARD)) {
            int flags = OptionalInt.of(number).equals(kept) ? 0 : Abi.FD_CLOEXEC;
            Kernel.LIBC.fcntl(number, Abi.F_SETFD, flags); // EBADF: another thread has closed it
        }
    }
}
