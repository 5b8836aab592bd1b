package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The descriptors of a process that are sockets, by /proc/PID/fd. */
public final class ProcessSockets {
    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");

    private ProcessSockets() {}

    /**
     * Which of the sockets a process holds; none if there is no such process.
     *
     * @return inode to descriptor number, the lowest where it has several
     * @throws AccessDeniedException if the process's descriptors may not be read: it is another user's, or not dumpable
     * @throws IOException if they can't be, as this process has no descriptor left to look by
     */
    public static Map<Long, Integer> held(long pid, Collection<Long> inodes) throws IOException {
        Map<Long, Integer> found = new LinkedHashMap<>();
        try {
            Proc.descriptors(pid, descriptor -> {
                long inode = inode(descriptor);
                if (inodes.contains(inode)) {
                    found.merge(inode, Integer.parseInt(descriptor.getFileName().toString()), Math::min);
                }
                // A busy worker has thousands of connections behind its listeners.
                return found.size() < inodes.size();
            });
        } catch (AccessDeniedException e) {
            if (Processes.hasEnded(pid)) {
                // The descriptors of a zombie, which has none, are root's to read.
                return found;
            }
            throw e;
        } catch (IOException e) {
            if (!Why.isOfNoProcess(e)) {
                throw e;
            }
        }
        return found;
    }

    /**
     * Whether a process has a socket open.
     *
     * @param fd where it was last seen in the process; elsewhere it is looked for only if it is not there
     * @return true, too, where that may not be read
     */
    public static boolean holds(long pid, int fd, long inode) {
        try {
            return inode(Path.of("/proc/" + pid + "/fd/" + fd)) == inode
                    || !held(pid, List.of(inode)).isEmpty();
        } catch (IOException e) {
            return true;
        }
    }

    private static long inode(Path descriptor) throws AccessDeniedException {
        try {
            Matcher socket = SOCKET.matcher(Files.readSymbolicLink(descriptor).toString());
            return socket.matches() ? Long.parseLong(socket.group(1)) : 0;
        } catch (AccessDeniedException e) {
            throw e;
        } catch (IOException e) {
            // Closed since it was listed.
            return 0;
        }
    }
}
