package dev.handover.supervisor.linux;

import dev.handover.supervisor.linux.GroupModel.Fate;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.ProcessId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import jnr.constants.platform.Errno;

/**
 * A kernel's listeners of TCP, the processes that have them open, and the clients that come to them: {@link GroupModel}s by
 * address, behind what the supervisor asks a kernel for. Its programs are run, its probes are answered, and what is held of it is a
 * {@link HeldListener} as any other.
 *
 * <p>What it leaves out: queues are never full, no packet is lost, and nobody but workers and the supervisor listens.
 */
public final class KernelModel {
    private static final int UID = 1000;
    private static final long LIMIT = 4096;
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    /** One SYN of so many is still under way when the program that was to lead it may have been replaced. */
    private static final int SLOW = 12;

    /** What becomes of a SYN. */
    public enum Answer {
        ANSWERED,
        /** In silence. */
        DROPPED,
        /** By a reset: nobody listens. */
        REFUSED
    }

    private static final class Listener {
        private final SocketRow row;
        private final ListenAddress address;
        private final GroupModel group;
        private final GroupModel.Member member;
        private final long opener;
        /** The pids of those that have it open. */
        private final Set<Long> openIn = new HashSet<>();
        /** How often the supervisor has. */
        private int held;

        private boolean ended;

        Listener(SocketRow row, ListenAddress address, GroupModel group, long opener) {
            this.row = row;
            this.address = address;
            this.group = group;
            this.member = group.join();
            this.opener = opener;
        }

        void end() {
            ended = true;
            group.leave(member);
        }
    }

    /** One for which the program has chosen an index. */
    private record Syn(int client, GroupModel group, int index, Consumer<Answer> then) {}

    private final Random random;
    private final Map<ListenAddress, GroupModel> groups = new LinkedHashMap<>();
    /** From the oldest on. */
    private final Map<Long, Listener> listeners = new LinkedHashMap<>();

    private final Map<Long, ProcessId> processes = new HashMap<>();
    private final List<Syn> underWay = new ArrayList<>();
    /** Whom each was answered for; of those that have not been forgotten. */
    private final Map<Integer, Listener> answered = new HashMap<>();

    private final Set<Held> held = new LinkedHashSet<>();
    private Runnable meanwhile = () -> {};
    private boolean asked;
    private long lastCookie;
    private int lastPort = 1024;
    private long departures;

    public KernelModel(Random random) {
        this.random = random;
    }

    /** What happens while the supervisor asks for something; it may do all but that. */
    public void meanwhile(Runnable others) {
        meanwhile = others;
    }

    private void asked() {
        if (!asked) {
            asked = true;
            try {
                meanwhile.run();
            } finally {
                asked = false;
            }
        }
    }

    /** A process starts. */
    public void start(ProcessId process) {
        processes.put(process.pid(), process);
    }

    /** It ends, however; what it alone had open is closed. */
    public void end(long pid) {
        processes.remove(pid);
        close(pid);
    }

    public void listen(long pid, ListenAddress address) {
        open(pid, address).openIn.add(pid);
    }

    private Listener open(long opener, ListenAddress address) {
        long cookie = ++lastCookie;
        InetSocketAddress local = address.socketAddress();
        InetSocketAddress remote = new InetSocketAddress("0.0.0.0", 0);
        SocketRow row = new SocketRow(
                Transport.TCP, SocketState.LISTEN, local, remote, 0, cookie, cookie, UID, false, 0, LIMIT);
        Listener made = new Listener(row, address, groups.computeIfAbsent(address, none -> new GroupModel()), opener);
        listeners.put(cookie, made);
        return made;
    }

    /** The process closes all its listeners. */
    public void close(long pid) {
        for (Listener one : List.copyOf(listeners.values())) {
            one.openIn.remove(pid);
            closeUnused(one);
        }
    }

    private void closeUnused(Listener one) {
        if (one.openIn.isEmpty() && one.held == 0) {
            listeners.remove(one.row.cookie());
            if (!one.ended) {
                departures++;
                one.end();
            }
        }
    }

    /** The supervisor ends, however. */
    public void endSupervisor() {
        List.copyOf(held).forEach(Held::close);
    }

    /** Another process has the listener open from now on. */
    public void pass(HeldListener listener, long pid) {
        Listener its = listeners.get(listener.socket().cookie());
        if (its != null && processes.containsKey(pid)) {
            its.openIn.add(pid);
        }
    }

    /** A process accepts the connection that waits longest in one of its listeners. */
    public OptionalInt accept(long pid) {
        for (Listener one : listeners.values()) {
            if (one.openIn.contains(pid) && !one.ended) {
                OptionalInt client = one.group.accept(one.member);
                if (client.isPresent()) {
                    return client;
                }
            }
        }
        return OptionalInt.empty();
    }

    /**
     * A client sends a SYN.
     *
     * @param then is told what becomes of it, perhaps later
     */
    public void connect(int client, InetSocketAddress source, ListenAddress to, Consumer<Answer> then) {
        GroupModel group = groups.get(to);
        if (group == null || group.members().isEmpty()) {
            then.accept(Answer.REFUSED);
            return;
        }
        Syn syn = new Syn(client, group, group.chosen(source, random.nextInt()), then);
        if (random.nextInt(SLOW) == 0) {
            underWay.add(syn);
        } else {
            arrive(syn);
        }
    }

    /** One that is under way arrives, if there is one. */
    public void arrive() {
        if (!underWay.isEmpty()) {
            arrive(underWay.remove(0));
        }
    }

    private void arrive(Syn syn) {
        if (syn.group().members().isEmpty()) {
            syn.then().accept(Answer.REFUSED);
            return;
        }
        GroupModel.Member member = syn.group().at(syn.index(), random::nextInt);
        boolean taken = syn.group().connect(syn.client(), member);
        if (taken) {
            answered.put(syn.client(), of(member));
        }
        syn.then().accept(taken ? Answer.ANSWERED : Answer.DROPPED);
    }

    private Listener of(GroupModel.Member member) {
        return listeners.values().stream()
                .filter(one -> one.member == member)
                .findFirst()
                .orElseThrow();
    }

    /** The last packet of a client's handshake arrives. */
    public Fate finish(int client) {
        Listener listener = Objects.requireNonNull(answered.get(client));
        listener.group.send(client);
        return listener.group.fate(client);
    }

    public Fate fate(int client) {
        return Objects.requireNonNull(answered.get(client)).group.fate(client);
    }

    /** Whose listener it was answered for: the pid of who opened that; 0 for the supervisor's own. */
    public long opener(int client) {
        return Objects.requireNonNull(answered.get(client)).opener;
    }

    /** Nobody asks for it any more. */
    public void forget(int client) {
        Objects.requireNonNull(answered.remove(client)).group.forget(client);
    }

    /** How often a listener has left its group, with all that it had. */
    public long departures() {
        return departures;
    }

    public List<SocketRow> listeners(ListenAddress address) {
        asked();
        List<SocketRow> rows = new ArrayList<>(listeners.values().stream()
                .filter(one -> !one.ended && one.address.equals(address))
                .map(one -> one.row)
                .toList());
        Collections.reverse(rows); // IPv4's are listed so
        return rows;
    }

    public List<SocketRow> listeners(int port) {
        return groups.keySet().stream()
                .filter(address -> address.port() == port)
                .flatMap(address -> listeners(address).stream())
                .toList();
    }

    public List<SocketRow> handshakes(ListenAddress address) {
        asked();
        GroupModel group = groups.get(address);
        return group == null
                ? List.of()
                : group.members().stream()
                        .flatMap(member -> member.inFlight().stream())
                        .sorted()
                        .map(client -> handshake(client, address))
                        .toList();
    }

    private static SocketRow handshake(int client, ListenAddress address) {
        InetSocketAddress peer = new InetSocketAddress(LOOPBACK, 1);
        return new SocketRow(
                Transport.TCP, SocketState.SYN_RECV, address.socketAddress(), peer, 0, 0, client, UID, false, 0, 0);
    }

    public List<SocketRow> stillInFlight(List<SocketRow> handshakes, ListenAddress address) {
        Set<Long> now = new HashSet<>();
        handshakes(address).forEach(row -> now.add(row.cookie()));
        return handshakes.stream().filter(row -> now.contains(row.cookie())).toList();
    }

    public Map<Long, ListenerSearch> search(Collection<Long> pids, Collection<ListenAddress> declared) {
        asked();
        Map<Long, ListenerSearch> searches = new TreeMap<>();
        for (long pid : pids) {
            Map<ListenAddress, List<OwnedSocket>> found = new HashMap<>();
            for (ListenAddress address : declared) {
                found.put(
                        address,
                        listeners.values().stream()
                                .filter(one -> one.openIn.contains(pid) && !one.ended && one.row.serves(address))
                                .map(one -> new OwnedSocket(one.row, pid, descriptor(one.row.inode())))
                                .toList());
            }
            searches.put(pid, new ListenerSearch(found, List.of(), List.of()));
        }
        return searches;
    }

    private static int descriptor(long inode) {
        return (int) inode;
    }

    /** Whether a process has a socket open. */
    public boolean holds(long pid, long inode) {
        Listener listener = listeners.get(inode);
        return listener != null && listener.openIn.contains(pid);
    }

    /** Who has the sockets open: pids by inode. */
    public Map<Long, Long> owners(Collection<Long> inodes) {
        Map<Long, Long> owners = new HashMap<>();
        for (long inode : inodes) {
            Listener listener = listeners.get(inode);
            if (listener != null) {
                listener.openIn.stream().sorted().limit(1).forEach(pid -> owners.put(inode, pid));
            }
        }
        return owners;
    }

    /** What the kernel says to who asks to be told of connections' ends. */
    public LinuxException untold() {
        return new LinuxException("bind", Errno.EPERM, "connections' ends");
    }

    public HeldListener hold(OwnedSocket found, ListenAddress address) throws IOException {
        asked();
        Listener listener = listeners.get(found.socket().cookie());
        if (listener == null || !listener.openIn.contains(found.pid())) {
            throw new IOException(address + ": pid " + found.pid() + " has closed it");
        }
        return new HeldListener(address, listener.row, new Held(listener));
    }

    public HeldListener standIn(ListenAddress address) throws IOException {
        asked();
        Listener listener = open(0, address);
        listener.member.setLeastHops(LeastHops.UNREACHABLE);
        Held its = new Held(listener);
        asked();
        return HeldListener.standIn(address, listener.row, its);
    }

    public Signature signature(ListenAddress address) {
        GroupModel group = Objects.requireNonNull(groups.get(address));
        return new Signature(new Probe(Transport.TCP, prober(group)));
    }

    private Prober prober(GroupModel group) {
        return new Prober(group, new InetSocketAddress(LOOPBACK, ++lastPort));
    }

    /** Waits, once that is asked for, until what is under way now has arrived. */
    public Runnable barrier() {
        List<Syn> before = List.copyOf(underWay);
        return () -> {
            asked();
            for (Syn syn : before) {
                if (underWay.remove(syn)) {
                    arrive(syn);
                }
            }
        };
    }

    public Optional<ProcessStat> stat(long pid) {
        return Optional.ofNullable(processes.get(pid))
                .map(process -> new ProcessStat(pid, "worker", 'S', 1, pid, pid, process.startTicks(), 1));
    }

    @Override
    public String toString() {
        return groups.toString();
    }

    private final class Held implements OpenListener {
        private final Listener listener;

        Held(Listener listener) {
            this.listener = listener;
            listener.held++;
            held.add(this);
        }

        @Override
        public Backlog backlog() {
            asked();
            return new Backlog(listener.member.waiting(), LIMIT);
        }

        @Override
        public long drops() {
            return listener.member.drops();
        }

        @Override
        public long lastRead() {
            throw new UnsupportedOperationException("of UDP");
        }

        @Override
        public void attach(SteeringProgram program) {
            asked();
            if (!listener.ended) {
                listener.group.attach(program.instructions());
            }
        }

        @Override
        public void detach() {
            asked();
            if (!listener.ended) {
                listener.group.detach();
            }
        }

        @Override
        public int leastHops() {
            return listener.member.leastHops();
        }

        @Override
        public void setLeastHops(int hops) {
            asked();
            listener.member.setLeastHops(hops);
        }

        @Override
        public boolean hasFilter() {
            throw new UnsupportedOperationException("of UDP");
        }

        @Override
        public void filter(List<Instruction> filter) {
            throw new UnsupportedOperationException("of UDP");
        }

        @Override
        public void filterNoMore() {
            throw new UnsupportedOperationException("of UDP");
        }

        @Override
        public void end() throws LinuxException {
            asked();
            if (listener.ended) {
                throw new LinuxException("shutdown", Errno.ENOTCONN, toString());
            }
            departures++;
            listener.end();
        }

        @Override
        public void resetWaiting() {
            asked();
            departures++;
            listener.group.resetWaiting(listener.member);
        }

        @Override
        public Sender sender() {
            return prober(listener.group);
        }

        @Override
        public Fd fd() {
            throw new UnsupportedOperationException("there is none: see pass");
        }

        @Override
        public void close() {
            if (held.remove(this)) {
                asked();
                listener.held--;
                closeUnused(listener);
            }
        }

        @Override
        public String toString() {
            return "a model of " + listener.row;
        }
    }

    private final class Prober implements Sender {
        private final GroupModel group;
        private final InetSocketAddress source;

        Prober(GroupModel group, InetSocketAddress source) {
            this.group = group;
            this.source = source;
        }

        @Override
        public InetSocketAddress source() {
            return source;
        }

        @Override
        public void aim() {
            // Nobody is more particular here.
        }

        @Override
        public Sent send(int number) {
            asked();
            boolean answered = group.members().isEmpty()
                    || !group.at(group.chosen(source, Probe.HOPS, number, random.nextInt()), random::nextInt)
                            .drops(Probe.HOPS);
            return new Sent() {
                @Override
                public boolean answered() {
                    return answered;
                }

                @Override
                public void close() {
                    // It was one packet.
                }
            };
        }

        @Override
        public void close() {
            // The source is nobody else's anyway.
        }
    }
}
