package dev.handover.chaos.link;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** A TUN device: what the kernel sends out by it is read here, what is written here comes in by it. It goes on close. */
final class Tun implements AutoCloseable {
    /** Of Ethernet, as most links have it. */
    static final int MTU = 1500;

    private static final int O_RDWR = 2;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    /** linux/if_tun.h: {@code _IOW('T', 202, int)}. */
    private static final long TUNSETIFF = 0x400454caL;
    /** IFF_TUN, IP packets, and IFF_NO_PI, nothing before them. */
    private static final short FLAGS = 0x0001 | 0x1000;

    private static final int IFREQ_SIZE = 40;
    private static final int IFNAMSIZ = 16;

    private final LibC libc;
    private final String name;
    private final int fd;

    private Tun(LibC libc, String name, int fd) {
        this.libc = libc;
        this.name = name;
        this.fd = fd;
    }

    /** @param name at most 15 characters, of a device that does not exist */
    static Tun create(LibC libc, String name) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length >= IFNAMSIZ) {
            throw new IllegalArgumentException("a device's name has at most 15 characters, not '" + name + "'");
        }
        int fd = libc.functions().open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0) {
            throw libc.failure("open /dev/net/tun");
        }
        Pointer request = Memory.allocateDirect(libc.runtime(), IFREQ_SIZE, true);
        request.put(0, bytes, 0, bytes.length);
        request.putShort(IFNAMSIZ, FLAGS);
        if (libc.functions().ioctl(fd, TUNSETIFF, request.address()) < 0) {
            IOException failure = libc.failure("create the TUN device " + name);
            libc.functions().close(fd);
            throw failure;
        }
        return new Tun(libc, name, fd);
    }

    String name() {
        return name;
    }

    int fd() {
        return fd;
    }

    @Override
    public void close() {
        libc.functions().close(fd);
    }
}
