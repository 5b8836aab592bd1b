package dev.handover.supervisor.linux;

/**
 * Who is at the other end of a Unix socket, as the kernel recorded it: for a stream at connect(2), for a datagram when it
 * was sent. The process may be gone since.
 *
 * @param pid 0 if it is in a pid namespace that can't be seen from here
 */
public record PeerCredentials(long pid, int uid, int gid) {
    @Override
    public String toString() {
        return "pid " + pid + ", uid " + uid;
    }
}
