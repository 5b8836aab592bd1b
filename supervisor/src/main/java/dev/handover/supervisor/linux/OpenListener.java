package dev.handover.supervisor.linux;

import java.io.IOException;
import java.util.List;

/**
 * A listener that this process has open, and what the kernel does with it when it is asked to; {@link HeldListener} tells what
 * that is good for.
 */
interface OpenListener extends AutoCloseable {
    Backlog backlog() throws LinuxException;

    /** How many packets the socket has dropped since it was made. */
    long drops() throws LinuxException;

    /** SIOCGSTAMPNS, in nanoseconds since 1970; 0 if there is none. */
    long lastRead() throws LinuxException;

    /** SO_ATTACH_REUSEPORT_CBPF: the program of its whole group. */
    void attach(SteeringProgram program) throws LinuxException;

    /** SO_DETACH_REUSEPORT_BPF. */
    void detach() throws LinuxException;

    /** Packets that have fewer hops left are dropped (IP_MINTTL, IPV6_MINHOPCOUNT). */
    int leastHops() throws LinuxException;

    void setLeastHops(int hops) throws LinuxException;

    /** Whether it has a filter (SO_ATTACH_FILTER, SO_ATTACH_BPF). */
    boolean hasFilter() throws LinuxException;

    void filter(List<Instruction> filter) throws LinuxException;

    void filterNoMore() throws LinuxException;

    /** shutdown(2). */
    void end() throws LinuxException;

    /** accept(2) until nothing waits, and a reset for each. */
    void resetWaiting() throws LinuxException;

    /**
     * Of packets to where it listens.
     *
     * @throws Unreached if no packet of this host would reach its group
     */
    Sender sender() throws IOException;

    /** For passing it to another process. */
    Fd fd();

    @Override
    void close();
}
