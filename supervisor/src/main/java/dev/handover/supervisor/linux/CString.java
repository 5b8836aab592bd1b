package dev.handover.supervisor.linux;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * Bytes as a program takes them: a word, a variable, a path. A JVM turns what its locale has no letters for into
 * question marks; these stay what they are.
 */
public final class CString {
    private final byte[] bytes;

    private CString(byte[] bytes) {
        for (byte each : bytes) {
            if (each == 0) {
                throw new IllegalArgumentException("a zero byte ends a C string: " + this);
            }
        }
        this.bytes = bytes;
    }

    /** The text in UTF-8, whatever the locale is. */
    public static CString of(String text) {
        return new CString(text.getBytes(StandardCharsets.UTF_8));
    }

    public static CString of(byte[] bytes) {
        return new CString(bytes.clone());
    }

    /** Where the byte is first, or -1. */
    public int indexOf(char ascii) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == ascii) {
                return i;
            }
        }
        return -1;
    }

    /** Without the zero byte at its end. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** What follows these at its beginning; empty where it does not begin so. */
    public Optional<CString> rest(CString beginning) {
        int length = beginning.bytes.length;
        return bytes.length >= length && Arrays.equals(bytes, 0, length, beginning.bytes, 0, length)
                ? Optional.of(new CString(Arrays.copyOfRange(bytes, length, bytes.length)))
                : Optional.empty();
    }

    public CString before(int index) {
        return new CString(Arrays.copyOf(bytes, index));
    }

    public CString after(int index) {
        return new CString(Arrays.copyOfRange(bytes, index + 1, bytes.length));
    }

    public CString plus(CString more) {
        byte[] both = Arrays.copyOf(bytes, bytes.length + more.bytes.length);
        System.arraycopy(more.bytes, 0, both, bytes.length, more.bytes.length);
        return new CString(both);
    }

    /** With the zero byte at its end. */
    byte[] terminated() {
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    /** A copy for native code; valid for as long as the pointer is reachable. */
    Pointer allocate() {
        byte[] all = terminated();
        Pointer pointer = Memory.allocateDirect(Kernel.RUNTIME, all.length);
        pointer.put(0, all, 0, all.length);
        return pointer;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CString string && Arrays.equals(bytes, string.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** For messages; what is not UTF-8 is replaced. */
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
