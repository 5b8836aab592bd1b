package dev.handover.supervisor.linux;

/**
 * A socket and one process that holds it open.
 *
 * @param fd its number in that process, at the time it was looked at
 */
public record OwnedSocket(SocketRow socket, long pid, int fd) {}
