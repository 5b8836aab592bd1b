package dev.handover.supervisor.daemon;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.terms.Memory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Keeps a {@link Memory} in a file that is always whole, and that one supervisor at a time may use. */
final class StateFile implements AutoCloseable {
    private static final String BOOT = "boot";
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

    /**
     * @throws StartFailure if another supervisor uses the file
     * @throws IOException if the folder can't be written
     */
    static StateFile open(Path path) throws IOException, StartFailure {
        Files.createDirectories(Objects.requireNonNull(path.toAbsolutePath().getParent()));
        FileChannel lockFile = FileChannel.open(
                path.resolveSibling(path.getFileName() + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = lockFile.tryLock();
        if (lock == null) {
            lockFile.close();
            throw new StartFailure("another supervisor uses " + path + "; this one does not start");
        }
        return new StateFile(path, lockFile);
    }

    /**
     * What was saved last, without processes if the machine has been started anew since.
     *
     * @throws StartFailure if the file is there but can't be understood: to go on would number generations anew
     */
    Memory load() throws IOException, StartFailure {
        try {
            JsonObject json = JsonParser.parseString(Files.readString(path)).getAsJsonObject();
            Memory memory = MemoryJson.read(json);
            return json.get(BOOT).getAsString().equals(Processes.bootId())
                    ? memory
                    : new Memory(memory.newest(), List.of(), memory.stopped());
        } catch (NoSuchFileException none) {
            return Memory.EMPTY;
        } catch (JsonParseException
                | IllegalStateException
                | IllegalArgumentException
                | NullPointerException unreadable) {
            throw new StartFailure(path + " is not a state file of this version (" + unreadable.getMessage()
                    + "); remove it to begin with generation 1, after ending workers that still run");
        }
    }

    /**
     * Survives the supervisor's death as soon as it returns. It is not forced to the disk: what it remembers are running
     * processes, and these do not survive the machine's death either.
     */
    void save(Memory memory) throws IOException {
        Files.deleteIfExists(draft);
        Files.createFile(draft, OWNERS_ONLY); // it has the workers' environment, and so what is secret in that
        JsonObject json = MemoryJson.write(memory);
        json.addProperty(BOOT, Processes.bootId());
        Files.writeString(draft, json.toString());
        Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
