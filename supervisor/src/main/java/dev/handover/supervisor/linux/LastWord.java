package dev.handover.supervisor.linux;

import java.nio.ByteBuffer;
import java.util.Optional;
import jnr.constants.platform.Errno;

/**
 * Which side of a process's TCP connections had the last word, where {@link TcpFigures#isTied} leaves it open.
 *
 * <p>What the kernel owes the client tells. Data that goes out soon after data came in bears the acknowledgement, and the
 * connection is one that is talked on by turns ("pingpong": tcp_event_data_sent() in net/ipv4/tcp_output.c). Where none follows
 * the client's last data, a timer sends the acknowledgement by itself and ends that (tcp_delack_timer_handler() in
 * net/ipv4/tcp_timer.c). getsockopt(TCP_QUICKACK) shows which it is.
 *
 * <p>Blind for a question of several segments that follows a quick answer: it is acknowledged as it is read, without
 * the timer, and looks answered.
 */
public final class LastWord implements AutoCloseable {
    /** In struct tcp_info: how long the timer is set for at most, in microseconds. */
    private static final int ACK_TIMEOUT = 12;

    /** By then the timer has run, on a machine that is not overwhelmed. */
    private static final long AFTER_THE_TIMER_MICROS = 20_000;

    private static final KernelRelease.Branch FROM_ONE_ANSWER_ON = new KernelRelease.Branch(6, 0);

    private final Optional<Pidfd> process;
    private final boolean fromOneAnswerOn;

    /** Who had it. */
    public enum Whose {
        CLIENT,
        WORKER,
        /** It was not to be seen, and may be later: too little time has gone by, or the connection is another by now. */
        NOT_YET,
        /** The process may not be asked, or the kernel does not tell. */
        UNKNOWN
    }

    private LastWord(Optional<Pidfd> process) {
        this.process = process;
        this.fromOneAnswerOn = KernelSettings.tcpPingpongThreshold().orElseGet(LastWord::threshold) == 1;
    }

    /** Of older kernels; what a distribution has taken back is not known. */
    private static int threshold() {
        return KernelRelease.running()
                        .filter(release -> release.branch().compareTo(FROM_ONE_ANSWER_ON) >= 0)
                        .isPresent()
                ? 1
                : 3;
    }

    /** To ask for connections of this process; to be closed soon. */
    public static LastWord in(long pid) throws LinuxException {
        return new LastWord(Pidfd.open(pid));
    }

    /**
     * Takes the connection for some microseconds, and changes nothing of it.
     *
     * @param descriptor its number in the process when it was seen there last
     * @param cookie the connection's
     */
    public Whose of(int descriptor, long cookie) throws LinuxException {
        if (process.isEmpty()) {
            return Whose.NOT_YET;
        }
        try (Fd connection = process.get().duplicate(descriptor)) {
            return SocketOptions.isSocket(connection, cookie) ? of(connection) : Whose.NOT_YET;
        } catch (LinuxException e) {
            if (e.is(Errno.EPERM)) {
                return Whose.UNKNOWN;
            }
            if (e.is(Errno.ESRCH) || e.is(Errno.EBADF)) {
                return Whose.NOT_YET;
            }
            throw e;
        }
    }

    private Whose of(Fd connection) throws LinuxException {
        // In this order: an answer in between is seen as one.
        ByteBuffer info = SocketOptions.get(connection, "TCP_INFO", Abi.SOL_TCP, Abi.TCP_INFO, TcpFigures.BYTES);
        boolean byTurns = SocketOptions.get(connection, "TCP_QUICKACK", Abi.SOL_TCP, Abi.TCP_QUICKACK, Integer.BYTES)
                        .getInt(0)
                == 0;
        long receivedAgo = Integer.toUnsignedLong(info.getInt(TcpFigures.LAST_DATA_RECEIVED));
        if (receivedAgo != Integer.toUnsignedLong(info.getInt(TcpFigures.LAST_DATA_SENT))) {
            return Whose.NOT_YET;
        }
        if (!byTurns) {
            return fromOneAnswerOn ? Whose.CLIENT : Whose.UNKNOWN;
        }
        long timer = Integer.toUnsignedLong(info.getInt(ACK_TIMEOUT)) + AFTER_THE_TIMER_MICROS;
        return receivedAgo * 1000 > timer ? Whose.WORKER : Whose.NOT_YET;
    }

    @Override
    public void close() {
        process.ifPresent(Pidfd::close);
    }
}
