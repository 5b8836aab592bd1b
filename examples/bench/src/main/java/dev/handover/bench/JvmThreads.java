package dev.handover.bench;

import java.util.List;

/** Threads that HotSpot and its class library make, by their names; the kernel keeps 15 characters. */
final class JvmThreads {
    private static final List<String> NAMES = List.of(
            "java",
            "DestroyJavaVM",
            "VM Periodic Tas",
            "VM Thread",
            "GC Thread",
            "Reference Handl",
            "Finalizer",
            "Signal Dispatch",
            "Service Thread",
            "Monitor Deflati",
            "C1 CompilerThre",
            "C2 CompilerThre",
            "Sweeper thread",
            "Notification Th",
            "Common-Cleaner",
            "Cleaner-",
            "Attach Listener");

    private JvmThreads() {}

    static boolean isOne(String name) {
        return NAMES.stream().anyMatch(name::startsWith);
    }
}
