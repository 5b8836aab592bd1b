package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.Claim;
import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.linux.KernelModel;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.ListenerSearch;
import dev.handover.supervisor.linux.OwnedSocket;
import dev.handover.supervisor.linux.ProcessStat;
import dev.handover.supervisor.linux.Signature;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.linux.SocketEnds;
import dev.handover.supervisor.linux.SocketRow;
import dev.handover.supervisor.linux.TcpAddresses;
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

/** A {@link KernelModel} in the place of the kernel that runs. */
final class KernelInMemory implements Kernel {
    private final KernelModel model;

    KernelInMemory(KernelModel model) {
        this.model = model;
    }

    @Override
    public List<SocketRow> listeners(Transport transport, int port) {
        return model.listeners(port);
    }

    @Override
    public List<SocketRow> listeners(ListenAddress address) {
        return model.listeners(address);
    }

    @Override
    public List<SocketRow> handshakes(ListenAddress address) {
        return model.handshakes(address);
    }

    @Override
    public List<SocketRow> stillInFlight(List<SocketRow> handshakes, ListenAddress address) {
        return model.stillInFlight(handshakes, address);
    }

    @Override
    public Optional<SockDiag.Presence> at(TcpAddresses addresses) {
        throw new UnsupportedOperationException("nobody is asked for his health here");
    }

    /** So that clients of a canary are led, and not counted. */
    @Override
    public SocketEnds ends(Set<Integer> ports) throws LinuxException {
        throw model.untold();
    }

    @Override
    public Map<Long, ListenerSearch> search(
            Collection<Long> pids, Collection<ListenAddress> declared, Predicate<SocketRow> known) {
        return model.search(pids, declared);
    }

    @Override
    public HeldListener hold(OwnedSocket found, ListenAddress address) throws IOException {
        return model.hold(found, address);
    }

    @Override
    public HeldListener standIn(ListenAddress address, int uid) throws IOException {
        return model.standIn(address);
    }

    @Override
    public Signature signature(ListenAddress address) {
        return model.signature(address);
    }

    @Override
    public Optional<Claim> claim(ListenAddress address) {
        return Optional.empty();
    }

    @Override
    public Barrier barrier() {
        Runnable barrier = model.barrier();
        return barrier::run;
    }

    @Override
    public Counters counters() {
        return Counters.ZERO;
    }

    @Override
    public boolean migratesRequests() {
        return false;
    }

    @Override
    public Optional<ProcessStat> stat(long pid) {
        return model.stat(pid);
    }

    @Override
    public boolean isEnding(long pid) {
        return stat(pid).isEmpty();
    }

    @Override
    public String commandLine(long pid) {
        return "worker";
    }

    @Override
    public boolean holds(long pid, int descriptor, long inode) {
        return model.holds(pid, inode);
    }

    @Override
    public Map<Long, Long> owners(Collection<Long> inodes) {
        return model.owners(inodes);
    }
}
