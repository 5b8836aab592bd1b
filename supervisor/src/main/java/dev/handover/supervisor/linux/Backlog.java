package dev.handover.supervisor.linux;

/**
 * What waits in a listener: connections that the kernel has established and nobody has accepted, or, for UDP, the memory of
 * datagrams that nobody has read.
 *
 * @param waiting connections; for UDP bytes, the kernel's own overhead included, 0 if and only if no datagram waits
 * @param limit the most that may wait, in the same unit; what comes beyond it is dropped
 */
public record Backlog(long waiting, long limit) {
    public boolean isEmpty() {
        return waiting == 0;
    }
}
