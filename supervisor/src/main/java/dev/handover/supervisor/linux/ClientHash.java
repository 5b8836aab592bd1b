package dev.handover.supervisor.linux;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A number of 32 good bits for each client, as the kernel's program computes it, and as it is computed here. A client is an
 * address of IPv4, or the first 64 bits of one of IPv6: those are a network's, whose hosts change the rest at will (RFC 8981).
 */
final class ClientHash {
    /** Where the source begins in each header. */
    private static final int IPV4_SOURCE = 12;

    private static final int IPV6_SOURCE = 8;
    private static final int IPV6_BYTES = 16;

    private static final int GOLDEN = 0x9e3779b9;

    private ClientHash() {}

    /** Something whose every bit differs as often as not from that of another service, or number. */
    static int salt(int service, int number) {
        return mixed(mixed(service) + number * GOLDEN);
    }

    static int of(InetAddress client, int salt) {
        ByteBuffer bytes = ByteBuffer.wrap(client.getAddress());
        int hash = mixed(bytes.getInt() ^ salt);
        return bytes.capacity() < IPV6_BYTES ? hash : mixed(hash ^ bytes.getInt());
    }

    /** Leaves it in A, of a packet with an IPv4 header. */
    static List<Instruction> ipv4(int salt) {
        List<Instruction> program = new ArrayList<>(List.of(Instruction.loadWord(IPV4_SOURCE), Instruction.xor(salt)));
        program.addAll(mix());
        return program;
    }

    /** Leaves it in A, of a packet with an IPv6 header. */
    static List<Instruction> ipv6(int salt) {
        List<Instruction> program = new ArrayList<>(List.of(Instruction.loadWord(IPV6_SOURCE), Instruction.xor(salt)));
        program.addAll(mix());
        program.addAll(
                List.of(Instruction.copyToX(), Instruction.loadWord(IPV6_SOURCE + Integer.BYTES), Instruction.xorX()));
        program.addAll(mix());
        return program;
    }

    /** Spreads each bit of A over all of them (the mixer known as lowbias32): what clients have often differs in a few only. */
    static List<Instruction> mix() {
        List<Instruction> program = new ArrayList<>(xorShifted(16));
        program.add(Instruction.multiply(0x7feb352d));
        program.addAll(xorShifted(15));
        program.add(Instruction.multiply(0x846ca68b));
        program.addAll(xorShifted(16));
        return program;
    }

    private static List<Instruction> xorShifted(int bits) {
        return List.of(Instruction.copyToX(), Instruction.shiftRight(bits), Instruction.xorX());
    }

    private static int mixed(int number) {
        int mixed = number;
        mixed = (mixed ^ (mixed >>> 16)) * 0x7feb352d;
        mixed = (mixed ^ (mixed >>> 15)) * 0x846ca68b;
        return mixed ^ (mixed >>> 16);
    }
}
