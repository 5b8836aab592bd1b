package dev.handover.supervisor.linux;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is not alike on all machines that Linux runs on: numbers of system calls, and what seccomp calls the machine.
 *
 * @param architecture AUDIT_ARCH_… of linux/audit.h, as seccomp shows it
 */
record SystemCalls(int architecture, int bind, int socket, int seccomp, int setresuid, int setresgid, int setgroups) {
    /** The numbers of include/uapi/asm-generic/unistd.h, which newer machines share. */
    private static SystemCalls generic(int architecture) {
        return new SystemCalls(architecture, 200, 198, 277, 147, 149, 159);
    }

    private static final Map<String, SystemCalls> BY_MACHINE = Map.of(
            "amd64", new SystemCalls(0xc000003e, 49, 41, 317, 117, 119, 116),
            "aarch64", generic(0xc00000b7),
            "riscv64", generic(0xc00000f3));

    /** Of this machine; null where they are not known here. */
    static @Nullable SystemCalls ofThisMachine() {
        return BY_MACHINE.get(System.getProperty("os.arch"));
    }
}
