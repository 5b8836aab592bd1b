package dev.handover.supervisor.linux;

/**
 * One sd_notify datagram.
 *
 * @param text newline-separated assignments, such as {@code READY=1}
 */
public record Notification(PeerCredentials sender, String text) {}
