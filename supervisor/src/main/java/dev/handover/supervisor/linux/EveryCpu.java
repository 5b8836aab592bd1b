package dev.handover.supervisor.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Takes a thread to one CPU after the other. */
final class EveryCpu {
    private static final Path CPUS = Path.of("/sys/devices/system/cpu");
    private static final Path REAL_TIME = Path.of("/sys/kernel/realtime");
    /** Of sched_setaffinity(2): the calling thread. */
    private static final int THIS_THREAD = 0;

    private EveryCpu() {}

    /**
     * Runs on each CPU that is online. Whatever a CPU did with preemption off when this began, such as receiving a packet,
     * it has done when this returns. The thread stays on the last one.
     *
     * @return false, at once, where that may take for ever or does not say so: with CPUs that are set apart for one busy
     *     thread each, and in a kernel for real time, which receives packets with preemption on
     * @throws LinuxException EINVAL where a cpuset keeps this process from some CPU
     */
    static boolean visit() throws IOException {
        if (Files.exists(REAL_TIME)
                || !list("isolated").isEmpty()
                || !list("nohz_full").isEmpty()) {
            return false;
        }
        for (int cpu : parse(list("online"))) {
            ByteBuffer mask = ByteBuffer.allocateDirect((cpu / Long.SIZE + 1) * Long.BYTES);
            mask.put(cpu / Byte.SIZE, (byte) (1 << cpu % Byte.SIZE));
            Kernel.call(
                    "sched_setaffinity",
                    "CPU " + cpu,
                    () -> Kernel.LIBC.sched_setaffinity(THIS_THREAD, mask.capacity(), mask));
        }
        return true;
    }

    private static String list(String name) throws IOException {
        Path file = CPUS.resolve(name);
        String text = Files.exists(file)
                ? Files.readString(file, StandardCharsets.US_ASCII).strip()
                : "";
        return text.equals("(null)") ? "" : text;
    }

    /** Such as {@code 0-3,8}. */
    static List<Integer> parse(String list) {
        List<Integer> cpus = new ArrayList<>();
        for (String range : list.split(",")) {
            String[] ends = range.split("-");
            for (int cpu = Integer.parseInt(ends[0]); cpu <= Integer.parseInt(ends[ends.length - 1]); cpu++) {
                cpus.add(cpu);
            }
        }
        return cpus;
    }
}
