package dev.handover.supervisor.state;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Keeps a {@link Memory} in a file that is always whole, and that one supervisor at a time may use. */
public final class StateFile implements AutoCloseable {
    private static final String VERSION = "version";
    private static final String BOOT = "boot";
    /** S_IWGRP and S_IWOTH of stat(2). */
    private static final int OTHERS_WRITE = 022;

    private static final FileAttribute<Set<PosixFilePermission>> OWNERS_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path path;
    private final Path draft;
    private final FileChannel lockFile;

    private StateFile(Path path, FileChannel lockFile) {
        this.path = path;
        this.draft = path.resolveSibling(path.getFileName() + ".new");
        this.lockFile = lockFile;
    }

    /** Where a supervisor has its state. */
    public static Path of(Configuration configuration) {
        return configuration.state().resolve(configuration.control().getFileName() + ".state");
    }

    /** @throws StartFailure if another supervisor uses the file, or it can't be written */
    public static StateFile open(Path path) throws StartFailure {
        Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent());
        try {
            return locked(path);
        } catch (IOException refused) {
            boolean isFile = Files.exists(folder) && !Files.isDirectory(folder);
            throw new StartFailure("the state can't be kept in " + path + " ("
                    + (isFile ? folder + " is no folder" : Why.of(refused))
                    + "): nothing is started; [supervisor] state names the folder");
        }
    }

    private static StateFile locked(Path path) throws IOException, StartFailure {
        Files.createDirectories(Objects.requireNonNull(path.toAbsolutePath().getParent()));
        FileChannel lockFile = lockFile(path.resolveSibling(path.getFileName() + ".lock"));
        FileLock lock = lockFile.tryLock();
        if (lock == null) {
            lockFile.close();
            throw new StartFailure("another supervisor uses " + path + "; this one does not start");
        }
        return new StateFile(path, lockFile);
    }

    /** Nobody else's to open: who reads it could lock it, and keep the next supervisor from its state. */
    private static FileChannel lockFile(Path path) throws IOException {
        FileChannel file = FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                OWNERS_ONLY);
        Files.setPosixFilePermissions(path, OWNERS_ONLY.value()); // of an earlier version's
        return file;
    }

    /**
     * Puts a file aside that is no text of ours and is older than the machine's start: as after a loss of power, since it is not forced
     * to the disk. No process that it could name runs any more.
     *
     * @return where it is then; empty where there is nothing to put aside
     */
    public Optional<Path> putAsideIfDamaged() throws IOException, StartFailure {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                || !Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS)
                        .toInstant()
                        .isBefore(Processes.bootedAt())) {
            return Optional.empty();
        }
        requireOwn(path);
        try {
            Fields.of(JsonParser.parseString(Files.readString(path)));
            return Optional.empty();
        } catch (CharacterCodingException | JsonParseException | UnreadableState damaged) {
            Path aside = path.resolveSibling(path.getFileName() + ".damaged");
            Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
            return Optional.of(aside);
        }
    }

    /**
     * What was saved last, without processes if the machine has been started anew since.
     *
     * @throws StartFailure if the file is there but can't be understood, or is a later version's: to go on would number generations
     *     anew, and lose sight of workers
     */
    public Memory load() throws IOException, StartFailure {
        return read(path);
    }

    /** {@link #load} of a file that another supervisor may be using. */
    public static Memory read(Path path) throws IOException, StartFailure {
        String text;
        try {
            requireOwn(path);
            text = Files.readString(path);
        } catch (NoSuchFileException none) {
            return Memory.EMPTY;
        } catch (CharacterCodingException notText) {
            throw unreadable(path, "it is not UTF-8");
        } catch (IOException refused) {
            throw unreadable(path, Why.of(refused));
        }
        try {
            Fields fields = Fields.of(JsonParser.parseString(text));
            long version = fields.number(VERSION, 0);
            if (version > StateJson.VERSION) {
                throw new StartFailure(path + " was written by a newer Handover (state version " + version
                        + "; this one knows " + StateJson.VERSION
                        + " and earlier): nothing is started, and the workers that"
                        + " run serve on; start the newer one again, or stop the services with it before going back");
            }
            Memory memory = StateJson.read(fields);
            return fields.text(BOOT).equals(Processes.bootId()) ? memory : memory.withoutProcesses();
        } catch (JsonParseException | UnreadableState unreadable) {
            throw unreadable(path, String.valueOf(unreadable.getMessage()));
        }
    }

    /** It says what to run and whom to signal: in a folder like /tmp, somebody else may have put one there. */
    private static void requireOwn(Path path) throws IOException, StartFailure {
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        int owner = (int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        int self = Processes.ownUid();
        if (Files.isSymbolicLink(path)) {
            throw unreadable(path, "it is a symbolic link");
        } else if (owner != self) {
            throw unreadable(path, "it belongs to uid " + owner + ", and this supervisor is uid " + self);
        } else if ((mode & OTHERS_WRITE) != 0) {
            throw unreadable(path, "others than its owner may write to it");
        }
    }

    private static StartFailure unreadable(Path path, String why) {
        return new StartFailure(
                path + " can't be understood (" + why.lines().findFirst().orElse("")
                        + "): nothing is started, and the workers that run serve on; end these and remove the file to begin with"
                        + " generation 1");
    }

    /**
     * Survives the supervisor's death as soon as it returns. It is not forced to the disk: what it remembers are running
     * processes, and these do not survive the machine's death either.
     */
    public void save(Memory memory) throws IOException {
        Files.createDirectories(
                Objects.requireNonNull(path.toAbsolutePath().getParent())); // somebody may have cleaned up
        Files.deleteIfExists(draft);
        Files.createFile(draft, OWNERS_ONLY); // it has the workers' environment, and so what is secret in that
        JsonObject json = StateJson.write(memory);
        json.addProperty(VERSION, StateJson.VERSION);
        json.addProperty(BOOT, Processes.bootId());
        Files.writeString(draft, json.toString());
        Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
