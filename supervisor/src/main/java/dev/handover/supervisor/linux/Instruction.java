package dev.handover.supervisor.linux;

/**
 * One instruction of classic BPF, the kernel's struct sock_filter. A is the accumulator, X the index register, M the
 * scratch memory; offsets may count from the network header.
 *
 * @param ifTrue how many instructions a jump skips if its condition holds
 * @param ifFalse how many it skips if not
 */
record Instruction(int code, int ifTrue, int ifFalse, int k) {
    private static final int LOAD_CONSTANT = 0x00;
    private static final int LOAD_WORD = 0x20;
    private static final int LOAD_HALF = 0x28;
    private static final int LOAD_BYTE = 0x30;
    private static final int LOAD_WORD_AT_X = 0x40;
    private static final int LOAD_HALF_AT_X = 0x48;
    private static final int LOAD_LENGTH = 0x80;
    private static final int LOAD_MEMORY = 0x60;
    private static final int LOAD_X_MEMORY = 0x61;
    private static final int LOAD_X_HEADER_LENGTH = 0xb1;
    private static final int STORE = 0x02;
    private static final int COPY_TO_X = 0x07;
    private static final int ADD = 0x04;
    private static final int MULTIPLY = 0x24;
    private static final int MODULO = 0x94;
    private static final int SHIFT_RIGHT = 0x74;
    private static final int AND = 0x54;
    private static final int XOR = 0xa4;
    private static final int XOR_X = 0xac;
    private static final int JUMP = 0x05;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int JUMP_IF_AT_LEAST = 0x35;
    private static final int RETURN = 0x06;
    private static final int RETURN_A = 0x16;

    /** SKF_AD_OFF + SKF_AD_RANDOM: not in the packet, but a new random number. */
    private static final int RANDOM = 0xfffff000 + 56;
    /** SKF_NET_OFF: what follows counts from the network header, wherever the packet's data begins. */
    private static final int NETWORK = 0xfff00000;

    static Instruction loadConstant(int k) {
        return of(LOAD_CONSTANT, k);
    }

    static Instruction loadRandom() {
        return of(LOAD_WORD, RANDOM);
    }

    /** A = the word at this offset of the network header. */
    static Instruction loadWord(int offset) {
        return of(LOAD_WORD, NETWORK + offset);
    }

    /** A = the byte at this offset of the network header. */
    static Instruction loadByte(int offset) {
        return of(LOAD_BYTE, NETWORK + offset);
    }

    /** A = the two bytes at this offset of the network header. */
    static Instruction loadHalf(int offset) {
        return of(LOAD_HALF, NETWORK + offset);
    }

    /** A = the two bytes at this offset of a message that is no packet, such as one of netlink. */
    static Instruction loadHalfOfMessage(int offset) {
        return of(LOAD_HALF, offset);
    }

    /** A = how many bytes there are of what the program is given: of a UDP datagram, those behind its header. */
    static Instruction loadLength() {
        return of(LOAD_LENGTH, 0);
    }

    /** A = the byte at this offset behind a datagram's UDP header. */
    static Instruction loadByteOfMessage(int offset) {
        return of(LOAD_BYTE, offset);
    }

    /** A = the word at this offset of what is no packet, such as seccomp's struct seccomp_data, or behind a UDP header. */
    static Instruction loadWordOfMessage(int offset) {
        return of(LOAD_WORD, offset);
    }

    /** A = the two bytes X bytes after the network header's beginning. */
    static Instruction loadHalfAtX() {
        return of(LOAD_HALF_AT_X, NETWORK);
    }

    /** A = the word X bytes after the network header's beginning. */
    static Instruction loadWordAtX() {
        return of(LOAD_WORD_AT_X, NETWORK);
    }

    /** X = the length of the IPv4 header, options included, in bytes. */
    static Instruction loadXHeaderLength() {
        return of(LOAD_X_HEADER_LENGTH, NETWORK);
    }

    static Instruction loadMemory(int slot) {
        return of(LOAD_MEMORY, slot);
    }

    static Instruction loadXMemory(int slot) {
        return of(LOAD_X_MEMORY, slot);
    }

    static Instruction store(int slot) {
        return of(STORE, slot);
    }

    static Instruction copyToX() {
        return of(COPY_TO_X, 0);
    }

    static Instruction add(int k) {
        return of(ADD, k);
    }

    static Instruction multiply(int k) {
        return of(MULTIPLY, k);
    }

    static Instruction modulo(int k) {
        return of(MODULO, k);
    }

    static Instruction shiftRight(int bits) {
        return of(SHIFT_RIGHT, bits);
    }

    static Instruction and(int k) {
        return of(AND, k);
    }

    static Instruction xor(int k) {
        return of(XOR, k);
    }

    static Instruction xorX() {
        return of(XOR_X, 0);
    }

    static Instruction jump(int skipped) {
        return of(JUMP, skipped);
    }

    static Instruction jumpUnlessEqual(int k, int skipped) {
        return new Instruction(JUMP_IF_EQUAL, 0, skipped, k);
    }

    static Instruction jumpIfEqual(int k, int skipped) {
        return new Instruction(JUMP_IF_EQUAL, skipped, 0, k);
    }

    /** Both as numbers without a sign. */
    static Instruction jumpIfLess(int k, int skipped) {
        return new Instruction(JUMP_IF_AT_LEAST, 0, skipped, k);
    }

    static Instruction returns(int index) {
        return of(RETURN, index);
    }

    static Instruction returnA() {
        return of(RETURN_A, 0);
    }

    private static Instruction of(int code, int k) {
        return new Instruction(code, 0, 0, k);
    }

    /** In the manner of the kernel's bpf_asm, offsets and jumps in words. */
    @Override
    public String toString() {
        return switch (code) {
            case LOAD_CONSTANT -> "ld " + k;
            case LOAD_WORD -> k == RANDOM ? "ld random" : k >= 0 ? "ld [" + k + "]" : "ld net[" + (k - NETWORK) + "]";
            case LOAD_HALF -> k >= 0 ? "ldh [" + k + "]" : "ldh net[" + (k - NETWORK) + "]";
            case LOAD_HALF_AT_X -> "ldh net[x]";
            case LOAD_BYTE -> k >= 0 ? "ldb [" + k + "]" : "ldb net[" + (k - NETWORK) + "]";
            case LOAD_WORD_AT_X -> "ld net[x]";
            case LOAD_LENGTH -> "ld len";
            case LOAD_MEMORY -> "ld M[" + k + "]";
            case LOAD_X_MEMORY -> "ldx M[" + k + "]";
            case LOAD_X_HEADER_LENGTH -> "ldx 4*(net[0]&0xf)";
            case STORE -> "st M[" + k + "]";
            case COPY_TO_X -> "tax";
            case ADD -> "add " + k;
            case MULTIPLY -> "mul 0x" + Integer.toHexString(k);
            case MODULO -> "mod " + k;
            case SHIFT_RIGHT -> "rsh " + k;
            case AND -> "and 0x" + Integer.toHexString(k);
            case XOR -> "xor 0x" + Integer.toHexString(k);
            case XOR_X -> "xor x";
            case JUMP -> "skip " + k;
            case JUMP_IF_EQUAL -> ifTrue > 0 ? "if == " + k + " skip " + ifTrue : "if != " + k + " skip " + ifFalse;
            case JUMP_IF_AT_LEAST -> "if < " + k + " skip " + ifFalse;
            case RETURN -> "ret " + k;
            case RETURN_A -> "ret a";
            default -> throw new IllegalStateException("no such instruction: " + code);
        };
    }
}
