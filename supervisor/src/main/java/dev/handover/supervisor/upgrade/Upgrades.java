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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Lets the program that is installed now take this one's place. */
public final class Upgrades {
    private final Configuration configuration;
    private final String version;
    private final Path folder;
    private @Nullable Prepared prepared;

    private record Prepared(Request.Upgrade upgrade, Image next, Image wayBack) {}

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
     * Tries it, and the way back.
     *
     * @throws IOException if one of them does not work, with a message for users
     */
    public synchronized Request.Upgrade tryNext() throws IOException {
        Image own = Image.ofThisProcess();
        CString launcher = launcher(own.environment());
        List<CString> words = new ArrayList<>(List.of(launcher));
        words.addAll(KeptJar.arguments(own.words()));
        PrivateFolder.ensure(folder);
        Trial.Answer next = tried(
                "the program that is installed now can't take over",
                Path.of(launcher.toString()),
                words,
                own.environment());
        if (!next.control().equals(configuration.control()) || !next.state().equals(configuration.state())) {
            throw new IOException("supervisor.control and supervisor.state can't change while the supervisor runs");
        }
        List<CString> back = KeptJar.keep(own.words(), folder);
        tried("the way back to " + version + " can't take over", own.file(), back, own.environment());
        Request.Upgrade upgrade =
                new Request.Upgrade(Long.toHexString(Instant.now().toEpochMilli()), version, next.version());
        prepared = new Prepared(upgrade, next.image(), own.withWords(back));
        return upgrade;
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
            return Trial.of(file, trial, Inherited.asGiven(environment), folder);
        } catch (IOException failed) {
            throw new IOException(refusal + ": " + Why.of(failed), failed);
        }
    }

    /**
     * Makes this process the program that was tried, or, where that can't be, this one anew.
     *
     * @param lifeline stays open
     * @throws IOException if neither can be
     */
    public synchronized void giveWay(Request.Upgrade upgrade, OptionalInt lifeline) throws IOException {
        Prepared ready = prepared;
        if (ready == null || !ready.upgrade().equals(upgrade)) {
            throw new IOException("another program was tried since");
        }
        Note note = new Note(upgrade, Instant.now(), ready.wayBack(), lifeline, Optional.empty());
        try {
            note.save(note(folder));
            become(ready.next(), folder, lifeline);
        } catch (IOException failed) {
            goBack(note, Why.of(failed), folder);
        }
    }

    /** Removes what an upgrade that was refused, or went back, left here; for a supervisor that ends. */
    public void clear() throws IOException {
        clear(folder);
    }

    static void clear(Path folder) throws IOException {
        Files.deleteIfExists(note(folder));
        KeptJar.drop(folder);
        Files.deleteIfExists(folder);
    }

    static void goBack(Note note, String why, Path folder) throws IOException {
        note.failed(why).save(note(folder));
        become(note.wayBack(), folder, note.lifeline());
    }

    private static void become(Image image, Path folder, OptionalInt lifeline) throws IOException {
        List<CString> environment = new ArrayList<>(image.environment());
        CString name = CString.of(Inheritance.UPGRADE + "=");
        environment.removeIf(entry -> entry.rest(name).isPresent());
        environment.add(name.plus(CString.of(note(folder).toString())));
        image.withEnvironment(environment).become(lifeline);
    }
}
