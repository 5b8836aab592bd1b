package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ClientRange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A {@link Split} as instructions: each packet gets a number from its header, whichever that is, and the canary's are those
 * below a limit. A client that is named by its address gets 0; the others a hash of it, or the greatest where none of them is
 * led there.
 */
final class SplitProgram {
    private static final int VERSION_6 = 6;
    private static final int NONE = -1;

    /** Where the source begins in each header. */
    private static final int IPV4_SOURCE = 12;

    private static final int IPV6_SOURCE = 8;

    private SplitProgram() {}

    /** Goes on behind its end for the canary's clients, and for others skips some more. */
    static List<Instruction> orElseSkip(Split split, int more) {
        if (split.isOfAll()) {
            return List.of();
        }
        boolean hashed = split.limit() > 0;
        List<Instruction> none = List.of(Instruction.loadConstant(NONE));
        List<Instruction> ipv4 = numbered(ipv4(ranges(split, false)), hashed ? ClientHash.ipv4(split.salt()) : none);
        List<Instruction> ipv6 =
                new ArrayList<>(numbered(ipv6(ranges(split, true)), hashed ? ClientHash.ipv6(split.salt()) : none));
        ipv6.add(Instruction.jump(ipv4.size()));
        List<Instruction> program = new ArrayList<>(List.of(
                Instruction.loadByte(0),
                Instruction.shiftRight(4),
                // A conditional jump reaches no further than 255 instructions, and there may be more to skip.
                Instruction.jumpIfEqual(VERSION_6, 1),
                Instruction.jump(ipv6.size())));
        program.addAll(ipv6);
        program.addAll(ipv4);
        program.add(Instruction.jumpIfLess((int) Math.max(1, split.limit()), 1));
        program.add(Instruction.jump(more));
        return program;
    }

    private static List<ClientRange> ranges(Split split, boolean ipv6) {
        return split.share().clients().stream()
                .filter(range -> range.isIpv6() == ipv6)
                .toList();
    }

    /**
     * Leaves 0 in A for what one of these tests holds for, and for all else what the hash does.
     *
     * @param tests each goes on behind its end where it does not hold
     */
    private static List<Instruction> numbered(List<List<Instruction>> tests, List<Instruction> hash) {
        if (tests.isEmpty()) {
            return hash;
        }
        List<Instruction> program = new ArrayList<>();
        int left = tests.stream().mapToInt(test -> test.size() + 1).sum();
        for (List<Instruction> test : tests) {
            program.addAll(test);
            left -= test.size() + 1;
            program.add(Instruction.jump(left + hash.size() + 1));
        }
        program.addAll(hash);
        program.add(Instruction.jump(1));
        program.add(Instruction.loadConstant(0));
        return program;
    }

    /** What is left in A by the first test of a length does for all that have it. */
    private static List<List<Instruction>> ipv4(List<ClientRange> ranges) {
        Map<Integer, List<ClientRange>> byLength =
                ranges.stream().collect(Collectors.groupingBy(ClientRange::length, TreeMap::new, Collectors.toList()));
        List<List<Instruction>> tests = new ArrayList<>();
        byLength.forEach((length, those) -> {
            for (ClientRange range : those) {
                List<Instruction> test = new ArrayList<>();
                if (range.equals(those.get(0))) {
                    test.addAll(masked(IPV4_SOURCE, length));
                }
                test.add(Instruction.jumpUnlessEqual(source(range).getInt(), 1));
                tests.add(test);
            }
        });
        return tests;
    }

    private static List<List<Instruction>> ipv6(List<ClientRange> ranges) {
        return ranges.stream().map(SplitProgram::ipv6).toList();
    }

    private static List<Instruction> ipv6(ClientRange range) {
        ByteBuffer source = source(range);
        List<List<Instruction>> words = new ArrayList<>();
        for (int bits = 0; bits < range.length(); bits += Integer.SIZE) {
            words.add(masked(IPV6_SOURCE + bits / Byte.SIZE, Math.min(Integer.SIZE, range.length() - bits)));
        }
        int length = words.stream().mapToInt(word -> word.size() + 1).sum();
        List<Instruction> test = new ArrayList<>();
        for (List<Instruction> word : words) {
            test.addAll(word);
            test.add(Instruction.jumpUnlessEqual(source.getInt(), length - test.size()));
        }
        return test;
    }

    /** Leaves the first bits of a word in A, 0 in place of the others. */
    private static List<Instruction> masked(int offset, int bits) {
        return bits == Integer.SIZE
                ? List.of(Instruction.loadWord(offset))
                : List.of(Instruction.loadWord(offset), Instruction.and((int) (-1L << (Integer.SIZE - bits))));
    }

    private static ByteBuffer source(ClientRange range) {
        return ByteBuffer.wrap(range.network().getAddress());
    }
}
