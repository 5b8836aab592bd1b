package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class PacketBarrierTest {
    private static final int PROCESSOR = 39;

    /** The last CPU that this thread ran on, as field 39 of its stat says. */
    private static int cpu() throws Exception {
        String stat = Files.readString(Path.of("/proc/thread-self/stat"));
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[PROCESSOR - 3]);
    }

    @Test
    void aBarrierPasses() throws Exception {
        PacketBarrier barrier = PacketBarrier.begin();
        barrier.await();
        barrier.await(); // It stays passed.
        assertThat(barrier).isNotNull();
    }

    @Test
    void aVisitEndsOnTheLastCpu() throws Exception {
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        Thread visitor = new Thread(() -> {
            try {
                if (EveryCpu.visit()) {
                    seen.add(cpu());
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        visitor.start();
        visitor.join();
        assertThat(seen).hasSizeLessThanOrEqualTo(1).allMatch(cpu -> cpu == lastOnline());
    }

    private static int lastOnline() {
        try {
            var online = EveryCpu.parse(
                    Files.readString(Path.of("/sys/devices/system/cpu/online")).strip());
            return online.get(online.size() - 1);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aListOfCpusHasRangesAndSingleOnes() {
        assertThat(EveryCpu.parse("0")).containsExactly(0);
        assertThat(EveryCpu.parse("0-3,8,10-11")).containsExactly(0, 1, 2, 3, 8, 10, 11);
    }
}
