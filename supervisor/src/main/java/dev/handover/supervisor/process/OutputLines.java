package dev.handover.supervisor.process;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Cuts a stream of bytes into lines, and too long ones into parts: between whole characters, and marked. */
final class OutputLines {
    /** In bytes, without marks. */
    static final int LONGEST = 8192;
    /** Stands where a line was cut. */
    static final String MARK = "…";

    private static final String TAB = "    ";
    private static final int USUAL = 256;
    /** UTF-8 has no longer character. */
    private static final int LONGEST_CHARACTER = 4;

    private final Each each;
    private byte[] line = new byte[USUAL];
    private int length;
    private boolean continued;

    /** Takes each line, or each part of one that is too long. */
    @FunctionalInterface
    interface Each {
        /**
         * @param text with tabs made spaces, and marks where it was cut
         * @param bytes as they were written, without the line's end, from the first one on
         * @param length how many of these count
         * @param ends whether the line ends here
         */
        void line(String text, byte[] bytes, int length, boolean ends);
    }

    OutputLines(Each each) {
        this.each = each;
    }

    void take(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next == '\n') {
                pass(length, true, "");
                continued = false;
            } else {
                if (length == LONGEST) {
                    pass(wholeCharacters(next), false, MARK);
                    continued = true;
                }
                if (length == line.length) {
                    line = Arrays.copyOf(line, Math.min(2 * length, LONGEST));
                }
                line[length++] = next;
            }
        }
    }

    /** Passes on a last line that has no end. */
    void finish() {
        if (length > 0) {
            pass(length, true, "");
            continued = false;
        }
    }

    /** How many bytes of the line are whole characters, if this one follows. */
    private int wholeCharacters(byte next) {
        if (!isWithinCharacter(next)) {
            return length;
        }
        int whole = length - 1;
        while (isWithinCharacter(line[whole]) && length - whole < LONGEST_CHARACTER) {
            whole--;
        }
        return isWithinCharacter(line[whole]) ? length : whole; // not UTF-8: anywhere will do
    }

    private static boolean isWithinCharacter(byte one) {
        return (one & 0xc0) == 0x80;
    }

    private void pass(int bytes, boolean ends, String mark) {
        String text = new String(line, 0, bytes, StandardCharsets.UTF_8).replace("\t", TAB);
        each.line((continued ? MARK : "") + text + mark, line, bytes, ends);
        System.arraycopy(line, bytes, line, 0, length - bytes);
        length -= bytes;
    }
}
