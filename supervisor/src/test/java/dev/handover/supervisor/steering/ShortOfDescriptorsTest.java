package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.ResourceLimit;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Resource;
import dev.handover.supervisor.terms.WorkerId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** A service's first start, where its steering needs a descriptor more than is to be had. */
@Timeout(300)
@Isolated("this process may open no file meanwhile")
class ShortOfDescriptorsTest {
    /** More than steering one worker takes. */
    private static final int ENOUGH = 20;

    private final Workers workers = new Workers();

    @AfterEach
    void close() {
        workers.close();
    }

    /** A limit under which so many descriptors can be opened. */
    private static int limit(int room) {
        return IntStream.iterate(0, fd -> fd + 1)
                .filter(fd -> !Files.exists(Path.of("/proc/self/fd/" + fd)))
                .skip(room)
                .findFirst()
                .orElseThrow();
    }

    /** To load a class takes a descriptor, too: so both ways are gone once where there are enough. */
    private void rehearse() throws Exception {
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        try (Steered steering = new Steered()) {
            steering.flip(1, workers.start(1, 1, "", address), address);
        }
        try (Steered steering = new Steered()) {
            ListenAddress another = Workers.free("tcp://127.0.0.1:%d");
            Event.Steered told = (Event.Steered) steering.steer(2, workers.start(2, 1, "", address), another);
            assertThat(told.mode()).isEqualTo(Mode.PLAIN);
        }
    }

    @Test
    void theHandoverIsPlainAndSaysWhyHoweverManyAreMissing() throws Exception {
        rehearse();
        ResourceLimit own = ResourceLimit.ofThisProcess(Resource.NOFILE);
        boolean steered = false;
        int plain = 0;
        for (int room = 0; room < ENOUGH && !steered; room++) {
            int generation = room + 3;
            ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
            Map<WorkerId, ProcessId> started = workers.start(generation, 1, "", address);
            try (Steered steering = new Steered()) {
                Event answer;
                new ResourceLimit(limit(room), own.hard()).set(Resource.NOFILE);
                try {
                    answer = steering.steer(generation, started, address);
                } finally {
                    own.set(Resource.NOFILE);
                }
                // And not a fault of the thread's, which would end the supervisor.
                Event.Steered told = (Event.Steered) answer;
                steered = told.mode() == Mode.STEERED;
                if (!steered) {
                    plain++;
                    assertThat(told.why()).contains("as many descriptors open as it may");
                }
            }
            workers.end(generation);
        }
        assertThat(plain).isPositive();
        assertThat(steered).isTrue();
    }
}
