package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jnr.constants.platform.Errno;

/** A listener by a descriptor of this process. */
final class ListenerFd implements OpenListener {
    /** In struct tcp_info, of a listening socket: the accept queue's length and limit. */
    private static final int TCPI_UNACKED = 24;

    private static final int TCPI_SACKED = 28;
    private static final int TCP_INFO_BYTES = 104;

    /** SO_MEMINFO is an array of u32: SK_MEMINFO_RMEM_ALLOC, SK_MEMINFO_RCVBUF, ... */
    private static final int RMEM_ALLOC = 0;

    private static final int RCVBUF = 4;
    private static final int DROPS = 32;
    private static final int MEMINFO_BYTES = 36;

    /** Of a struct timespec, which is two longs on 64-bit Linux. */
    private static final long SIOCGSTAMPNS = 0x8907;

    private final Fd fd;
    private final SocketRow socket;
    private final ListenAddress address;

    /** @param fd is closed with it */
    ListenerFd(Fd fd, SocketRow socket, ListenAddress address) {
        this.fd = fd;
        this.socket = socket;
        this.address = address;
    }

    @Override
    public Backlog backlog() throws LinuxException {
        if (address.transport() == Transport.TCP) {
            ByteBuffer info = SocketOptions.get(fd, "TCP_INFO", Abi.SOL_TCP, Abi.TCP_INFO, TCP_INFO_BYTES);
            return new Backlog(
                    Integer.toUnsignedLong(info.getInt(TCPI_UNACKED)),
                    Integer.toUnsignedLong(info.getInt(TCPI_SACKED)));
        }
        ByteBuffer memory = memory();
        return new Backlog(
                Integer.toUnsignedLong(memory.getInt(RMEM_ALLOC)), Integer.toUnsignedLong(memory.getInt(RCVBUF)));
    }

    private ByteBuffer memory() throws LinuxException {
        return SocketOptions.get(fd, "SO_MEMINFO", Abi.SOL_SOCKET, Abi.SO_MEMINFO, MEMINFO_BYTES);
    }

    @Override
    public long drops() throws LinuxException {
        return Integer.toUnsignedLong(memory().getInt(DROPS));
    }

    @Override
    public long lastRead() throws LinuxException {
        ByteBuffer time = ByteBuffer.allocateDirect(2 * Long.BYTES).order(ByteOrder.nativeOrder());
        try {
            Kernel.call("ioctl SIOCGSTAMPNS", toString(), () -> Kernel.LIBC.ioctl(fd.number(), SIOCGSTAMPNS, time));
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return 0;
            }
            throw e;
        }
        return TimeUnit.SECONDS.toNanos(time.getLong(0)) + time.getLong(Long.BYTES);
    }

    @Override
    public void attach(SteeringProgram program) throws LinuxException {
        ReuseportGroup.attach(fd, program);
    }

    @Override
    public void detach() throws LinuxException {
        ReuseportGroup.detach(fd);
    }

    @Override
    public int leastHops() throws LinuxException {
        return LeastHops.get(fd, address);
    }

    @Override
    public void setLeastHops(int hops) throws LinuxException {
        LeastHops.set(fd, address, hops);
    }

    @Override
    public boolean hasFilter() throws LinuxException {
        try {
            return SocketOptions.length(fd, "SO_GET_FILTER", Abi.SOL_SOCKET, Abi.SO_GET_FILTER) != 0;
        } catch (LinuxException e) {
            if (e.is(Errno.EACCES)) {
                return true; // An eBPF program, whose instructions are not to be had.
            }
            throw e;
        }
    }

    @Override
    public void filter(List<Instruction> filter) throws LinuxException {
        ReuseportGroup.attach(fd, "SO_ATTACH_FILTER", Abi.SO_ATTACH_FILTER, filter);
    }

    @Override
    public void filterNoMore() throws LinuxException {
        SocketOptions.set(fd, "SO_DETACH_FILTER", Abi.SOL_SOCKET, Abi.SO_DETACH_FILTER, 0);
    }

    @Override
    public void end() throws LinuxException {
        Kernel.call("shutdown", toString(), () -> Kernel.LIBC.shutdown(fd.number(), Abi.SHUT_RDWR));
    }

    @Override
    public void resetWaiting() throws LinuxException {
        // Without a wait: it may block, and that is not to be changed, since it is its worker's too.
        Poll poll = new Poll(List.of(fd));
        for (poll.await(0); poll.ready(0); poll.await(0)) {
            int flags = Abi.SOCK_CLOEXEC | Abi.SOCK_NONBLOCK;
            int number = Kernel.call("accept4", toString(), () -> Kernel.LIBC.accept4(fd.number(), null, null, flags));
            try (Fd connection = new Fd(number, "a connection to " + this)) {
                SocketOptions.set(connection, "SO_LINGER", Abi.SOL_SOCKET, Abi.SO_LINGER, 1, 0);
            }
        }
    }

    @Override
    public Sender sender() throws IOException {
        return new HostSender(address);
    }

    @Override
    public Fd fd() {
        return fd;
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "held " + socket;
    }
}
