package dev.handover.supervisor.doctor;

import dev.handover.supervisor.linux.Autogroup;
import dev.handover.supervisor.linux.CgroupTree;
import dev.handover.supervisor.linux.HostProbe;
import dev.handover.supervisor.linux.KernelSettings;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.PacketBarrier;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.linux.SocketRow;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What was found out about this host.
 *
 * @param noSteering what the kernel says against steering a group; empty if it can be done
 * @param noHolding what the kernel says against holding a child's listener; empty if it can be done
 * @param noBarrier what the kernel says against waiting for packets under way; empty if it can be done
 * @param noIntercepting what the kernel says against intercepting binds; empty if it can be done, or nobody asks for it
 * @param noLowStart why a worker that starts can't have a lower share of the CPU; empty if it can
 * @param cgroups whether workers can be kept in them
 * @param uid of the supervisor
 * @param firstFreePort the lowest port that takes no privilege to bind
 * @param kernel what is known of its defects
 * @param foreign addresses asked about that no interface of this host has
 * @param listeners every socket on the ports asked about
 */
record Host(
        Optional<String> noSteering,
        Optional<String> noHolding,
        Optional<String> noBarrier,
        Optional<String> noIntercepting,
        Optional<String> noLowStart,
        Diagnosis.Cgroups cgroups,
        OptionalInt migrateReq,
        OptionalInt ptraceScope,
        int uid,
        int firstFreePort,
        Kernel kernel,
        List<ListenAddress> foreign,
        List<SocketRow> listeners) {
    private static final int PRIVILEGED_PORTS = 1024;

    Host {
        foreign = List.copyOf(foreign);
        listeners = List.copyOf(listeners);
    }

    /**
     * Tries it all: takes some tenths of a second.
     *
     * @param intercepts whether binds are to be intercepted; else that is left alone, since a seccomp profile may end who
     *     tries it
     */
    static Host probe(Collection<ListenAddress> addresses, boolean intercepts) {
        return new Host(
                HostProbe.steering(),
                HostProbe.holding(),
                barrier(),
                intercepts ? HostProbe.intercepting() : Optional.empty(),
                lowStart(),
                workerCgroups(),
                KernelSettings.tcpMigrateReq(),
                KernelSettings.ptraceScope(),
                Processes.ownUid(),
                KernelSettings.firstUnprivilegedPort().orElse(PRIVILEGED_PORTS),
                Kernel.probe(),
                addresses.stream().filter(Host::isForeign).toList(),
                listeners(addresses));
    }

    /** By a generation's cgroup or by a worker's session. */
    private static Optional<String> lowStart() {
        return CgroupTree.sharesCpu() ? Optional.empty() : Autogroup.obstacle();
    }

    private static Diagnosis.Cgroups workerCgroups() {
        Optional<String> obstacle = CgroupTree.obstacle();
        return new Diagnosis.Cgroups(obstacle.isEmpty(), obstacle.or(CgroupTree::uncounted));
    }

    private static Optional<String> barrier() {
        try {
            PacketBarrier.begin().await();
            return Optional.empty();
        } catch (IOException refused) {
            return Optional.of(Why.of(refused));
        }
    }

    private static boolean isForeign(ListenAddress address) {
        try {
            return !address.address().isAnyLocalAddress()
                    && !address.address().isLoopbackAddress()
                    && NetworkInterface.getByInetAddress(address.address()) == null;
        } catch (SocketException unknown) {
            return false;
        }
    }

    private static List<SocketRow> listeners(Collection<ListenAddress> addresses) {
        List<SocketRow> rows = new ArrayList<>();
        try (SockDiag sockets = new SockDiag()) {
            for (ListenAddress address : addresses) {
                for (SocketRow row : sockets.listeners(address.transport(), address.port())) {
                    if (!rows.contains(row)) {
                        rows.add(row);
                    }
                }
            }
        } catch (LinuxException refused) {
            // What keeps sockets from being listed keeps them from being steered, too: said there.
        }
        return rows;
    }
}
