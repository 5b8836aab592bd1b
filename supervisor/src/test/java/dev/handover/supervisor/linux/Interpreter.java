package dev.handover.supervisor.linux;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

/** Runs a program on the network header of a packet, as the kernel does (bpf_prog_run of a classic one): for thousands of packets. */
final class Interpreter {
    private static final int NETWORK = 0xfff00000;
    private static final int IPV6_BYTES = 40;
    private static final int IPV4_BYTES = 20;
    private static final int PORTS_BYTES = 4;
    private static final int TCP = 6;

    private Interpreter() {}

    /** What the program says to a packet of TCP or UDP from there, whose random number is 0. */
    static int run(List<Instruction> program, InetAddress source) {
        return run(program, header(source), 0);
    }

    /**
     * What the program says to a packet of TCP from there.
     *
     * @param hops how many it has left
     * @param number what it carries: {@link PacketMatch#trafficClass}
     */
    static int run(List<Instruction> program, InetSocketAddress source, int hops, int number, int random) {
        boolean ipv6 = source.getAddress() instanceof Inet6Address;
        int traffic = PacketMatch.trafficClass(number);
        ByteBuffer header = header(source.getAddress());
        header.putShort(0, (short) (ipv6 ? 0x6000 | traffic << 4 : 0x4500 | traffic));
        header.put(ipv6 ? 7 : 8, (byte) hops);
        header.put(ipv6 ? 6 : 9, (byte) TCP);
        header.putShort(ipv6 ? IPV6_BYTES : IPV4_BYTES, (short) source.getPort());
        return run(program, header, random);
    }

    private static ByteBuffer header(InetAddress source) {
        boolean ipv6 = source instanceof Inet6Address;
        ByteBuffer header = ByteBuffer.allocate((ipv6 ? IPV6_BYTES : IPV4_BYTES) + PORTS_BYTES);
        header.put(0, (byte) (ipv6 ? 0x60 : 0x45));
        header.put(ipv6 ? 8 : 12, source.getAddress());
        return header;
    }

    private static int run(List<Instruction> program, ByteBuffer header, int random) {
        int a = 0;
        int x = 0;
        int[] memory = new int[16];
        for (int at = 0; ; at++) {
            Instruction one = program.get(at);
            int k = one.k();
            switch (one.code()) {
                case 0x00 -> a = k;
                case 0x20 -> a = k >= NETWORK + 0x80000 && k < 0 ? random : header.getInt(k - NETWORK);
                case 0x28 -> a = header.getShort(k - NETWORK) & 0xffff;
                case 0x30 -> a = header.get(k - NETWORK) & 0xff;
                case 0x40 -> a = header.getInt(x + k - NETWORK);
                case 0x48 -> a = header.getShort(x + k - NETWORK) & 0xffff;
                case 0xb1 -> x = (header.get(k - NETWORK) & 0xf) * 4;
                case 0x60 -> a = memory[k];
                case 0x61 -> x = memory[k];
                case 0x02 -> memory[k] = a;
                case 0x07 -> x = a;
                case 0x04 -> a += k;
                case 0x24 -> a *= k;
                case 0x94 -> a = Integer.remainderUnsigned(a, k);
                case 0x74 -> a >>>= k;
                case 0x54 -> a &= k;
                case 0xa4 -> a ^= k;
                case 0xac -> a ^= x;
                case 0x05 -> at += k;
                case 0x15 -> at += a == k ? one.ifTrue() : one.ifFalse();
                case 0x35 -> at += Integer.compareUnsigned(a, k) >= 0 ? one.ifTrue() : one.ifFalse();
                case 0x06 -> {
                    return k;
                }
                case 0x16 -> {
                    return a;
                }
                default -> throw new IllegalArgumentException("no such instruction: " + one);
            }
        }
    }
}
