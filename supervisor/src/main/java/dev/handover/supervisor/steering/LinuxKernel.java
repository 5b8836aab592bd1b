package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.Claim;
import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.linux.KernelSettings;
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
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The kernel that runs, by one socket that it is asked with, whoever asks. */
final class LinuxKernel implements Kernel, AutoCloseable {
    private final SockDiag sockets;
    private final ListenerProbe probe;

    /** @throws LinuxException if there is no socket to ask it with */
    LinuxKernel() throws LinuxException {
        PacketBarrier.prepare();
        this.sockets = new SockDiag();
        this.probe = new ListenerProbe(sockets);
    }

    @Override
    public List<SocketRow> listeners(Transport transport, int port) throws LinuxException {
        return sockets.listeners(transport, port);
    }

    @Override
    public List<SocketRow> listeners(ListenAddress address) throws LinuxException {
        return sockets.listeners(address);
    }

    @Override
    public List<SocketRow> handshakes(ListenAddress address) throws LinuxException {
        return sockets.handshakes(address);
    }

    @Override
    public List<SocketRow> stillInFlight(List<SocketRow> handshakes, ListenAddress address) throws LinuxException {
        return sockets.stillInFlight(handshakes, address);
    }

    @Override
    public Optional<SockDiag.Presence> at(TcpAddresses addresses) throws LinuxException {
        return sockets.at(addresses);
    }

    @Override
    public SocketEnds ends(Set<Integer> ports) throws LinuxException {
        return SocketEnds.of(ports);
    }

    @Override
    public Map<Long, ListenerSearch> search(
            Collection<Long> pids, Collection<ListenAddress> declared, Predicate<SocketRow> known) throws IOException {
        return probe.search(pids, declared, known);
    }

    @Override
    public HeldListener hold(OwnedSocket found, ListenAddress address) throws IOException {
        return HeldListener.hold(found, address);
    }

    @Override
    public HeldListener standIn(ListenAddress address, int uid) throws IOException {
        return HeldListener.standIn(address, uid, sockets);
    }

    @Override
    public Signature signature(ListenAddress address) throws IOException {
        return new Signature(address);
    }

    @Override
    public Optional<Claim> claim(ListenAddress address) throws IOException {
        return Claim.of(address);
    }

    @Override
    public Barrier barrier() {
        return PacketBarrier.begin()::await;
    }

    @Override
    public Counters counters() throws IOException {
        return TcpCounters.read();
    }

    @Override
    public boolean migratesRequests() {
        return KernelSettings.migratesRequests();
    }

    @Override
    public Optional<ProcessStat> stat(long pid) {
        return Processes.stat(pid);
    }

    @Override
    public boolean isEnding(long pid) {
        return Processes.isEnding(pid);
    }

    @Override
    public String commandLine(long pid) {
        return Processes.commandLine(pid);
    }

    @Override
    public boolean holds(long pid, int descriptor, long inode) {
        return ProcessSockets.holds(pid, descriptor, inode);
    }

    @Override
    public Map<Long, Long> owners(Collection<Long> inodes) {
        return SocketOwners.of(inodes);
    }

    @Override
    public void close() {
        sockets.close();
    }
}
