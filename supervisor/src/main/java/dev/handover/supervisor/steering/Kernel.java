package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.Claim;
import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.ListenerProbe;
import dev.handover.supervisor.linux.ListenerSearch;
import dev.handover.supervisor.linux.OwnedSocket;
import dev.handover.supervisor.linux.PacketBarrier;
import dev.handover.supervisor.linux.ProcessSockets;
import dev.handover.supervisor.linux.ProcessStat;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.Signature;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.linux.SocketEnds;
import dev.handover.supervisor.linux.SocketOwners;
import dev.handover.supervisor.linux.SocketRow;
import dev.handover.supervisor.linux.TcpAddresses;
import dev.handover.supervisor.linux.TcpCounters;
import dev.handover.supervisor.terms.Ledger.Counters;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.ProcessId;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What steering asks the kernel for. What becomes of a listener that it holds goes by {@link HeldListener} and
 * {@link Signature}; what the supervisor connects itself, by {@code Door}.
 *
 * <p>{@link LinuxKernel} is the one that runs.
 */
interface Kernel {
    /** See {@link SockDiag#listeners(Transport, int)}. */
    List<SocketRow> listeners(Transport transport, int port) throws LinuxException;

    /** See {@link SockDiag#listeners(ListenAddress)}. */
    List<SocketRow> listeners(ListenAddress address) throws LinuxException;

    /** See {@link SockDiag#handshakes}. */
    List<SocketRow> handshakes(ListenAddress address) throws LinuxException;

    /** See {@link SockDiag#stillInFlight}. */
    List<SocketRow> stillInFlight(List<SocketRow> handshakes, ListenAddress address) throws LinuxException;

    /** See {@link SockDiag#at}. */
    Optional<SockDiag.Presence> at(TcpAddresses addresses) throws LinuxException;

    /** See {@link SocketEnds#of}. */
    SocketEnds ends(Set<Integer> ports) throws LinuxException;

    /** See {@link ListenerProbe#search(Collection, Collection, Predicate)}. */
    Map<Long, ListenerSearch> search(
            Collection<Long> pids, Collection<ListenAddress> declared, Predicate<SocketRow> known) throws IOException;

    /** See {@link HeldListener#hold}. */
    HeldListener hold(OwnedSocket found, ListenAddress address) throws IOException;

    /** See {@link HeldListener#standIn}. */
    HeldListener standIn(ListenAddress address, int uid) throws IOException;

    /** See {@link Signature#Signature}. */
    Signature signature(ListenAddress address) throws IOException;

    /** See {@link Claim#of}. */
    Optional<Claim> claim(ListenAddress address) throws IOException;

    /** See {@link PacketBarrier#begin}. */
    Barrier barrier();

    /** See {@link PacketBarrier#await}. */
    interface Barrier {
        void await() throws IOException;
    }

    /** See {@link TcpCounters}. */
    Counters counters() throws IOException;

    /** See {@link dev.handover.supervisor.linux.KernelSettings#migratesRequests}. */
    boolean migratesRequests();

    /** See {@link Processes#stat}. */
    Optional<ProcessStat> stat(long pid);

    /** Whether that very process has not ended, whatever has been heard of it. */
    default boolean runs(ProcessId process) {
        return stat(process.pid())
                .filter(stat -> stat.startTicks() == process.startTicks() && stat.lives())
                .isPresent();
    }

    /** See {@link Processes#isEnding}. */
    boolean isEnding(long pid);

    /** See {@link Processes#commandLine}. */
    String commandLine(long pid);

    /** See {@link ProcessSockets#holds}. */
    boolean holds(long pid, int descriptor, long inode);

    /** See {@link SocketOwners#of(Collection)}. */
    Map<Long, Long> owners(Collection<Long> inodes);
}
