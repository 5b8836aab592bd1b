package dev.handover.supervisor.upgrade;

import dev.handover.supervisor.config.Inheritance;
import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.linux.Image;
import dev.handover.supervisor.linux.PrivateFolder;
import dev.handover.supervisor.process.Inherited;
import dev.handover.supervisor.state.StateFile;
import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lets the program that is installed now take this one's place. */
public final class Upgrades {
    private static final CString NOTED = CString.of(Inheritance.UPGRADE + "=");

    private final Configuration configuration;
    private final String version;
    private final Path folder;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private volatile @Nullable Prepared prepared;

    /** A program that was tried, and the way back from it, which was too. */
    public record Prepared(Request.Upgrade upgrade, Image next, Image wayBack) {}

    /**
     * @param configuration that this supervisor was started with
     * @param version its own
     */
    public Upgrades(Configuration configuration, String version) {
        this.configuration = configuration;
        this.version = version;
        this.folder = folder(configuration);
    }

    /** Beside the state: the way back, and the note. */
    static Path folder(Configuration configuration) {
        Path state = StateFile.of(configuration);
        return state.resolveSibling(configuration.control().getFileName() + ".upgrade");
    }

    static Path note(Path folder) {
        return folder.resolve("note.json");
    }

    /**
     * Tries it, and the way back. Where both work no other one is tried until {@link #giveUp}.
     *
     * @throws IOException if one of them does not work, or another one is tried or takes the place, with a message for users
     */
    public Request.Upgrade tryNext() throws IOException {
        if (!underWay.compareAndSet(false, true)) {
            throw new IOException("an upgrade is under way");
        }
        try {
            Prepared ready = prepare();
            prepared = ready;
            return ready.upgrade();
        } finally {
            if (prepared == null) {
                underWay.set(false);
            }
        }
    }

    /** What was tried does not take the place after all; another one may be tried. */
    public void giveUp() {
        prepared = null;
        underWay.set(false);
    }

    /** What {@link #tryNext} was the last to find, and what is to take the place now. */
    public Prepared claim() {
        return Objects.requireNonNull(prepared, "the place is taken only by what was tried, and not given up");
    }

    private Prepared prepare() throws IOException {
        Image own = Image.ofThisProcess();
        CString launcher = launcher(own.environment());
        List<CString> words = new ArrayList<>(List.of(launcher));
        words.addAll(KeptJar.arguments(own.words()));
        PrivateFolder.ensure(folder);
        Trial.Answer next = tried(
                "the program that is installed now can't take over",
                Path.of(launcher.toString()),
                words,
                Inherited.asGiven(own.environment()));
        if (!next.control().equals(configuration.control()) || !next.state().equals(configuration.state())) {
            throw new IOException("supervisor.control and supervisor.state can't change while the supervisor runs");
        }
        List<CString> back = KeptJar.keep(own.words(), folder);
        tried("the way back to " + version + " can't take over", own.file(), back, started(own.environment()));
        Request.Upgrade upgrade =
                new Request.Upgrade(Long.toHexString(Instant.now().toEpochMilli()), version, next.version());
        return new Prepared(upgrade, next.image(), own.withWords(back));
    }

    private static CString launcher(List<CString> environment) throws IOException {
        CString name = CString.of(Inheritance.LAUNCHER + "=");
        return environment.stream()
                .flatMap(entry -> entry.rest(name).stream())
                .findFirst()
                .orElseThrow(() ->
                        new IOException("this supervisor was not started by its launcher, " + CommandNames.DAEMON));
    }

    /** @param refusal begins the message of a program that can't be the supervisor */
    private Trial.Answer tried(String refusal, Path file, List<CString> words, List<CString> environment)
            throws IOException {
        List<CString> trial = new ArrayList<>(words);
        trial.add(CString.of(Trial.OPTION));
        try {
            return Trial.of(file, trial, environment, folder);
        } catch (IOException failed) {
            throw new IOException(refusal + ": " + Why.of(failed), failed);
        }
    }

    /**
     * Makes this process the program that was tried, or, where that can't be, this one anew.
     *
     * @param ready by {@link #claim}
     * @param lifeline stays open
     * @throws IOException if neither can be
     */
    public void giveWay(Prepared ready, OptionalInt lifeline) throws IOException {
        Note note = new Note(ready.upgrade(), Instant.now(), ready.wayBack(), lifeline, Optional.empty());
        try {
            note.save(note(folder));
            become(ready.next(), folder, lifeline);
        } catch (IOException failed) {
            goBack(note, Why.of(failed), folder);
        }
    }

    /**
     * Removes what an upgrade that was refused, or went back, left here; for a supervisor that ends.
     *
     * @param troubles told what could not be removed
     */
    public void clear(Consumer<String> troubles) {
        clear(folder, troubles);
    }

    static void clear(Path folder, Consumer<String> troubles) {
        try {
            WholeFolder.delete(folder);
        } catch (IOException left) {
            troubles.accept(folder + " is left behind: " + Why.of(left));
        }
    }

    static void goBack(Note note, String why, Path folder) throws IOException {
        note.failed(why).save(note(folder));
        become(note.wayBack(), folder, note.lifeline());
    }

    private static void become(Image image, Path folder, OptionalInt lifeline) throws IOException {
        List<CString> environment = started(image.environment());
        environment.add(NOTED.plus(CString.of(note(folder).toString())));
        image.withEnvironment(environment).become(lifeline);
    }

    /** As of a supervisor that was started, and took nobody's place. */
    private static List<CString> started(List<CString> environment) {
        List<CString> all = new ArrayList<>(environment);
        all.removeIf(entry -> entry.rest(NOTED).isPresent());
        return all;
    }
}
