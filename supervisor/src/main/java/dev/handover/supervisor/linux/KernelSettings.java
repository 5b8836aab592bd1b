package dev.handover.supervisor.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/** What of this host decides which handover is possible. */
public final class KernelSettings {
    private static final Path MIGRATE = Path.of("/proc/sys/net/ipv4/tcp_migrate_req");
    private static final Path FIRST_UNPRIVILEGED = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    private static final Path PINGPONG = Path.of("/proc/sys/net/ipv4/tcp_pingpong_thresh");
    private static final Path PTRACE_SCOPE = Path.of("/proc/sys/kernel/yama/ptrace_scope");

    private KernelSettings() {}

    /**
     * {@code net.ipv4.tcp_migrate_req} of this network namespace: with 1, what sits in a closing TCP listener moves to another
     * member of its group, chosen by hash.
     *
     * @return empty where the kernel is older than 5.14
     */
    public static OptionalInt tcpMigrateReq() {
        return number(MIGRATE);
    }

    /** Whether the kernel moves what sits in a closing TCP listener: {@link #tcpMigrateReq} is 1. */
    public static boolean migratesRequests() {
        return tcpMigrateReq().orElse(0) == 1;
    }

    /**
     * {@code kernel.yama.ptrace_scope}: 0 and 1 let a parent take its descendants' listeners, 2 takes CAP_SYS_PTRACE, 3
     * nobody can.
     *
     * @return empty where Yama isn't in the kernel, which means the same as 0
     */
    public static OptionalInt ptraceScope() {
        return number(PTRACE_SCOPE);
    }

    /**
     * {@code net.ipv4.ip_unprivileged_port_start} of this network namespace: whoever may not bind every port may bind those
     * from here on.
     *
     * @return empty where the kernel is older than 4.11, which means 1024
     */
    public static OptionalInt firstUnprivilegedPort() {
        return number(FIRST_UNPRIVILEGED);
    }

    /**
     * {@code net.ipv4.tcp_pingpong_thresh} of this network namespace: after so many quick answers in a row a connection counts
     * as one that is talked on by turns.
     *
     * @return empty where the kernel is older than 6.7, and it is 1 from 6.0 on
     */
    public static OptionalInt tcpPingpongThreshold() {
        return number(PINGPONG);
    }

    private static OptionalInt number(Path file) {
        try {
            return OptionalInt.of(Integer.parseInt(Files.readString(file).trim()));
        } catch (IOException e) {
            return OptionalInt.empty();
        }
    }
}
