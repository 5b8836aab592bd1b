package dev.handover.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * This process as a worker of a Handover supervisor. {@link #join()} reads what the supervisor put into the
 * environment; where there is nothing, no supervisor is there, and everything works and tells nobody.
 *
 * <p>The supervisor is spoken with on a daemon thread. If it goes away, the worker serves on, and the thread comes back
 * to it when it is back. Nothing that it says or fails to say throws into the application.
 *
 * <p>A drain, in order: {@link #isDraining()} turns true and the {@link #onDrain} actions run; the listeners accept
 * until they are empty and close; the application finishes what it has, {@link #timeLeft()} long at most;
 * {@link #isFinished()} turns true; the application calls {@link #close()} and exits. Signals are the application's
 * own: a server that wants SIGTERM to be a drain calls {@link #drain(Duration)}.
 *
 * <p>All methods may be called from any thread.
 */
public final class Worker implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.handover.worker");

    /** The last word is worth this wait; a supervisor that hangs isn't worth more. */
    private static final Duration LAST_WORD = Duration.ofSeconds(1);

    private final Environment environment;
    private final Standing standing = new Standing();
    private final Optional<Link> link;
    private final List<TcpListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean adopting = new AtomicBoolean();
    private volatile BooleanSupplier alive = () -> true;

    Worker(Map<String, String> variables) {
        this.environment = Environment.of(variables);
        try {
            this.link = environment.socket().isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            new Link(environment.socket().get(), environment.watchdog(), standing, this::isAlive));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot speak with the supervisor: " + e.getMessage(), e);
        }
        link.ifPresent(Link::start);
    }

    /**
     * Joins the supervisor that started this process, if one did.
     *
     * @return the worker; close it at the end
     * @throws IllegalArgumentException if {@code HANDOVER_LISTEN} or {@code WATCHDOG_USEC} is of a form that the
     *     protocol doesn't know; the message says which is expected
     * @throws UncheckedIOException if the process has no descriptor left
     */
    public static Worker join() {
        return new Worker(System.getenv());
    }

    /**
     * Says whether a supervisor started this process.
     *
     * @return false where {@code HANDOVER_SOCKET} is not in the environment
     */
    public boolean isSupervised() {
        return link.isPresent();
    }

    /**
     * Names this worker as the supervisor's logs do.
     *
     * @return service, generation and worker, such as {@code web/g7/w1}; {@code unsupervised} without a supervisor
     */
    public String name() {
        return environment.name();
    }

    /**
     * Gives the listeners that the supervisor's configuration declares, in its order.
     *
     * @return the addresses; empty where none is declared, or there is no supervisor
     */
    public List<ListenAddress> declared() {
        return environment.listen();
    }

    /**
     * Opens the one TCP listener of a simple server: the declared one, or one at an address of the application's own
     * where none is declared.
     *
     * @param otherwise where to listen if nothing is declared, such as {@code tcp://127.0.0.1:8080}
     * @return the listener, listening; it gets clients from now on
     * @throws IllegalArgumentException if the address is malformed, or several are declared, or a UDP one
     * @throws IOException as {@link #listen(ListenAddress)} does
     */
    public TcpListener listen(String otherwise) throws IOException {
        List<ListenAddress> declared = declared();
        if (declared.size() > 1) {
            throw new IllegalArgumentException("this program opens one listener, but " + declared + " are declared");
        }
        return listen(declared.isEmpty() ? ListenAddress.parse(otherwise) : declared.get(0));
    }

    /**
     * Opens a TCP listener, with {@code SO_REUSEPORT}, in the family that its address says. The JDK takes IPv4 clients
     * on every {@code [::]} and has no option against it, so {@code tcp://[::]:80} without {@code ?dual-stack} is
     * refused.
     *
     * @param address one of {@link #declared()}, or the application's own
     * @return the listener, listening; it gets clients from now on
     * @throws IllegalArgumentException if the address is a UDP one
     * @throws IOException if the listener cannot be opened; the message says which, and why
     */
    public TcpListener listen(ListenAddress address) throws IOException {
        TcpListener listener = TcpListener.open(address, standing);
        listeners.removeIf(one -> !one.isOpen());
        listeners.add(listener);
        startAdopters();
        return listener;
    }

    /**
     * Opens a UDP listener, as {@link #listen(ListenAddress)} opens a TCP one.
     *
     * @param address one of {@link #declared()}, or the application's own
     * @return the listener, bound; it gets datagrams from now on
     * @throws IllegalArgumentException if the address is a TCP one
     * @throws IOException if the listener cannot be opened; the message says which, and why
     */
    public UdpListener bind(ListenAddress address) throws IOException {
        return UdpListener.open(address, standing);
    }

    /** Says that this worker serves: its listeners exist and it answers. Said once; later calls change nothing. */
    public void ready() {
        standing.becomeReady();
        startAdopters();
    }

    private void startAdopters() {
        if (standing.isReady() && isAccepting() && adopting.compareAndSet(false, true)) {
            environment.socket().ifPresent(this::adopt);
        }
    }

    /** On a thread of its own: to load what an adopter needs may take long. */
    private void adopt(Path supervisor) {
        Thread thread = new Thread(
                () -> {
                    try {
                        ServiceLoader.load(Adopter.class)
                                .forEach(one -> one.start(supervisor, this::isAccepting, this::take));
                    } catch (ServiceConfigurationError | LinkageError e) {
                        LOG.log(System.Logger.Level.WARNING, "an adopter can't be used: nothing is adopted", e);
                    }
                },
                "handover-adopters");
        thread.setDaemon(true);
        thread.start();
    }

    private boolean isAccepting() {
        return !isDraining() && listeners.stream().anyMatch(TcpListener::isOpen);
    }

    /** Only to a listener at the same address: the program may speak another protocol at another. */
    private boolean take(Adopter.Orphan orphan) {
        for (TcpListener one : listeners) {
            try {
                if (one.isAt(orphan.address()) && one.isOpen()) {
                    return one.adopt(orphan);
                }
            } catch (IOException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "a dead worker's listener at " + one + " can't be accepted from",
                        e);
            }
        }
        return false;
    }

    /**
     * Gives a text for people, shown by {@code supervisorctl status}.
     *
     * @param text one line; newlines become spaces, and what goes beyond 4088 bytes of UTF-8 is cut off
     */
    public void status(String text) {
        standing.describe(text);
    }

    /**
     * Counts open connections by a gauge of the application's instead of by {@link Connection#close()}. The gauge is
     * read about five times a second, more often in a drain, on a thread of ours: it must be quick. It must never miss
     * a connection that a listener has given out, or a drain could end without it.
     *
     * @param gauge gives the connections that are open now
     */
    public void countConnections(IntSupplier gauge) {
        standing.countBy(gauge);
    }

    /**
     * Ties the heartbeat to the application's own idea of being alive. Without it, a heartbeat only shows that the
     * process runs. Asked about five times a second, on a thread of ours; a heartbeat is sent at half the supervisor's
     * limit, if it has set one, and only on true. A check that hangs or throws is no heartbeat either.
     *
     * @param check for example: whether the event loop has turned within the last second
     */
    public void aliveWhile(BooleanSupplier check) {
        alive = check;
    }

    private boolean isAlive() {
        try {
            return alive.getAsBoolean();
        } catch (RuntimeException e) {
            return false;
        }
    }

    /**
     * Has something done when the order to drain comes, on a daemon thread of its own; at once if it has come already.
     * Listeners need nothing done: they close themselves.
     *
     * @param action is given the time that is left
     */
    public void onDrain(Consumer<Duration> action) {
        standing.onDrain(action);
    }

    /**
     * Begins a drain, as the supervisor's order does. A second one, from either side, only moves the deadline.
     *
     * @param timeLeft how long the connections may take to end
     */
    public void drain(Duration timeLeft) {
        standing.drain(timeLeft);
    }

    /**
     * Says whether the order to drain has come.
     *
     * @return true from the order on
     */
    public boolean isDraining() {
        return standing.isDraining();
    }

    /**
     * Says how long this worker may go on.
     *
     * @return the time to the drain's deadline, zero once it is over; about 292 years before there is one, which
     *     {@link Duration#toNanos()} and {@link Duration#toMillis()} can still express
     */
    public Duration timeLeft() {
        return standing.timeLeft();
    }

    /**
     * Says whether nothing is left to do: the worker drains, every listener is closed and no connection open, or the
     * deadline is over.
     *
     * @return true when it is time to close and exit
     */
    public boolean isFinished() {
        return standing.isFinished();
    }

    /**
     * Waits for {@link #isFinished()}; for good, where nobody orders a drain, until {@link #close()}.
     *
     * @return whether no connection is left; false if the deadline came first
     * @throws InterruptedException if the thread is interrupted
     */
    public boolean awaitFinished() throws InterruptedException {
        return standing.awaitFinished();
    }

    /**
     * Leaves: closes what listeners are open and tells the supervisor what holds in the end, which is DONE where the
     * drain left no connection. Waits up to a second for that to be sent. To be followed by the process's exit.
     */
    @Override
    public void close() {
        standing.listeners().forEach(Worker::closeQuietly);
        standing.leave();
        try {
            if (link.isPresent()) {
                link.get().awaitEnd(LAST_WORD);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeQuietly(Intake<?> listener) {
        try {
            listener.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "closing a listener failed", e);
        }
    }
}
