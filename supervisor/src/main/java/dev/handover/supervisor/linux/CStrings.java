package dev.handover.supervisor.linux;

import java.util.List;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** An array of C strings with a null pointer at its end; to be kept reachable as long as native code reads it. */
final class CStrings {
    private final List<Pointer> strings;
    private final Pointer array;

    CStrings(List<CString> all) {
        strings = all.stream().map(CString::allocate).toList();
        array = Memory.allocateDirect(Kernel.RUNTIME, (all.size() + 1) * Long.BYTES, true);
        for (int i = 0; i < all.size(); i++) {
            array.putAddress((long) i * Long.BYTES, strings.get(i).address());
        }
    }

    Pointer pointer() {
        return array;
    }
}
