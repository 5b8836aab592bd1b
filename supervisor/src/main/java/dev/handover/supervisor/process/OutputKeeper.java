package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.linux.Children;
import dev.handover.supervisor.linux.ExitWatch;
import dev.handover.supervisor.linux.Fifo;
import dev.handover.supervisor.linux.Launcher;
import dev.handover.supervisor.linux.Pidfd;
import dev.handover.supervisor.linux.PrivateFolder;
import dev.handover.supervisor.linux.Program;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * A small process that sleeps as long as the supervisor lives. When that is gone, it reads workers' output and throws it
 * away, until the next supervisor is there or no worker is left: a worker must not stand still because its pipe is full.
 */
public final class OutputKeeper implements AutoCloseable {
    private static final Path SHELL = Path.of("/bin/sh");
    private static final Path NOWHERE = Path.of("/dev/null");
    private static final String LIFELINE = "alive";

    /**
     * $1 is a pipe that the supervisor holds open, $2 the folder of the workers' pipes. A line in $1 says that there is a
     * supervisor (a new one, or one that needs this no more), its end that there is none. It is handed over as standard
     * output: to open it by its name would wait for ever where the supervisor has ended by then. A pipe that no worker
     * writes to any more is opened without waiting for one, and so is at its end.
     */
    private static final String SCRIPT = """
            exec 3</dev/fd/1 >/dev/null
            read -r there <&3 && exit
            for pipe in "$2"/*.out; do
                [ -p "$pipe" ] || continue
                (exec 3<>"$pipe" <"$pipe" 3>&-; exec cat) &
                pipes="$pipes $!"
            done
            { read -r there <"$1"; kill 0; } &
            wait $pipes
            kill 0
            """;

    private final Path folder;
    private final Path lifeline;
    private final Map<CString, CString> environment = Inherited.read();
    private final ExitWatch exits;
    private final Consumer<String> troubles;
    private Optional<Fifo> alive = Optional.empty();
    private boolean runs;
    private boolean closing;

    /**
     * @param folder of the workers' pipes
     * @param exits is its maker's to close
     * @param troubles told if there can be none
     */
    public OutputKeeper(Path folder, ExitWatch exits, Consumer<String> troubles) {
        this.folder = folder;
        this.lifeline = folder.resolve(LIFELINE);
        this.exits = exits;
        this.troubles = troubles;
    }

    /** Ends the one that an earlier supervisor left, and starts one if none runs; to be called before workers start. */
    public synchronized void ensure() {
        if (runs || closing) {
            return;
        }
        runs = true;
        try {
            start();
        } catch (IOException failed) {
            troubles.accept("nobody will read workers' output if this supervisor is killed (" + Why.of(failed)
                    + "): until the next one starts, a worker that writes 64 KiB then stands still");
        }
    }

    private void start() throws IOException {
        PrivateFolder.ensure(folder);
        Fifo.tell(lifeline);
        alive.ifPresent(Fifo::close);
        alive = Optional.of(Fifo.create(lifeline));
        List<CString> words = List.of(
                CString.of("sh"),
                CString.of("-c"),
                CString.of(SCRIPT),
                CString.of("handover-output"),
                CString.of(lifeline.toString()),
                CString.of(folder.toString()));
        List<CString> variables = environment.entrySet().stream()
                .filter(each -> each.getKey().equals(CString.of("PATH")))
                .map(each -> each.getKey().plus(CString.of("=")).plus(each.getValue()))
                .toList();
        long pid = Launcher.start(new Program(SHELL, words, variables, Path.of("/"), lifeline, NOWHERE));
        try (Pidfd process = Pidfd.open(pid).orElseThrow(() -> new IOException(SHELL + " ended at once"))) {
            exits.watch(process, () -> ended(pid));
        }
    }

    /** Another is started with the next worker, not at once: whatever ended this one may do so again. */
    private synchronized void ended(long pid) {
        Children.reap(pid);
        runs = false;
    }

    /** The pipe that it sleeps at; as long as that is open, it goes on sleeping. Empty where none runs. */
    public synchronized OptionalInt lifeline() {
        return alive.map(fifo -> OptionalInt.of(fifo.number())).orElse(OptionalInt.empty());
    }

    /** Ends it, unless workers are left that may write. */
    @Override
    public synchronized void close() throws IOException {
        closing = true;
        if (!hasPipes()) {
            Fifo.tell(lifeline);
            Files.deleteIfExists(lifeline);
        }
        alive.ifPresent(Fifo::close);
    }

    private boolean hasPipes() throws IOException {
        try (DirectoryStream<Path> pipes = Files.newDirectoryStream(folder, "*" + WorkerOutput.SUFFIX)) {
            return pipes.iterator().hasNext();
        }
    }
}
