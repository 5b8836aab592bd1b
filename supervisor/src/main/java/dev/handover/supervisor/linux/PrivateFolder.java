package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** A folder in which nobody but this process's user (and root) can put or replace a file. */
public final class PrivateFolder {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private PrivateFolder() {}

    /**
     * Makes sure that the folder exists and is private. One that is missing is created with mode 0700, its missing
     * parents too; one that exists may be readable by others, but only writable by its owner, who must be this user.
     *
     * @return the folder, absolute
     * @throws IOException if it isn't private or can't be created, with a message for users
     */
    public static Path ensure(Path folder) throws IOException {
        Path absolute = folder.toAbsolutePath().normalize();
        if (!Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
            try {
                Files.createDirectories(absolute, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            } catch (IOException refused) {
                throw new IOException(
                        "the folder " + absolute + " can't be made (" + Why.of(refused)
                                + "); [supervisor] control names the socket, and so the folder",
                        refused);
            }
        }
        // Not followed: in a folder like /tmp, a link put there by someone else could lead anywhere.
        if (!Files.isDirectory(absolute, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(absolute + " must be a folder, and is "
                    + (Files.isSymbolicLink(absolute) ? "a symbolic link" : "something else"));
        }
        int owner = (int) Files.getAttribute(absolute, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        int self = Processes.ownUid();
        if (owner != self) {
            throw new IOException(absolute + " must belong to uid " + self + ", and belongs to uid " + owner);
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(absolute, LinkOption.NOFOLLOW_LINKS);
        Set<PosixFilePermission> writable =
                EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
        writable.retainAll(permissions);
        if (!writable.isEmpty()) {
            throw new IOException(absolute + " must be writable by its owner only, and is "
                    + PosixFilePermissions.toString(permissions) + " (chmod 0700 makes it so)");
        }
        return absolute;
    }

    /** Lets others reach what is in it and theirs; they can neither list nor change it. */
    public static void letThrough(Path folder) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS);
        if (permissions.add(PosixFilePermission.OTHERS_EXECUTE)) {
            Files.setPosixFilePermissions(folder, permissions);
        }
    }
}
