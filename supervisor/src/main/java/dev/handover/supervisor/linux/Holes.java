package dev.handover.supervisor.linux;

import java.nio.file.Path;

/** Gives back the room of a file's parts that were read; the file keeps its length (fallocate(2)). */
public final class Holes {
    private Holes() {}

    /**
     * @throws LinuxException if the file can't be opened, or its file system knows no holes (EOPNOTSUPP)
     */
    public static void punch(Path file, long offset, long length) throws LinuxException {
        String name = file.toString();
        byte[] path = CString.of(name).terminated();
        try (Fd fd =
                new Fd(Kernel.call("open", name, () -> Kernel.LIBC.open(path, Abi.O_RDWR | Abi.O_CLOEXEC)), name)) {
            int mode = Abi.FALLOC_FL_KEEP_SIZE | Abi.FALLOC_FL_PUNCH_HOLE;
            Kernel.call("fallocate", name, () -> Kernel.LIBC.fallocate(fd.number(), mode, offset, length));
        }
    }
}
