package dev.handover.chaos.link;

/**
 * What a link has carried.
 *
 * @param delayMillis each way
 * @param there packets from the client to the server
 * @param back packets from the server to the client
 * @param dropped packets lost in the relay, its queues full
 */
public record LinkCounts(double delayMillis, long there, long back, long dropped) {}
