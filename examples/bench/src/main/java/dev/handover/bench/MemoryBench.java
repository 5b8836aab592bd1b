package dev.handover.bench;

import dev.handover.harness.Supervised;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What of the machine's memory a supervisor of several services has, from its start and through reloads. */
final class MemoryBench implements Bench {
    private static final int SERVICES = 4;
    private static final int WORKERS = 4;
    private static final int RELOADS = 100;
    private static final int BETWEEN_LOOKS = 10;
    private static final double MOST_MIB = 96;

    @Override
    public List<Figure> measure(int runs) throws IOException, InterruptedException {
        int reloads = runs > 0 ? runs : RELOADS;
        StringBuilder services = new StringBuilder();
        for (int i = 1; i <= SERVICES; i++) {
            services.append(Hello.service("hello" + i, "127.0.0.1", Supervised.freePort(), WORKERS))
                    .append('\n');
        }
        Samples resident = new Samples();
        List<String> notes = new ArrayList<>();
        try (Supervised supervised = Supervised.start(services.toString())) {
            Running daemon = Running.daemon(supervised);
            look(daemon, 0, resident, notes);
            for (int done = 0; done < reloads; ) {
                int some = Math.min(BETWEEN_LOOKS, reloads - done);
                Reload.times(supervised, some);
                done += some;
                look(daemon, done, resident, notes);
            }
            notes.add("the most that it ever had: " + Table.number(daemon.mostResidentMib()) + " MiB");
        }
        return List.of(Figure.most(
                MOST_MIB,
                "MiB",
                "resident memory, " + SERVICES + " services of " + WORKERS + " workers, " + reloads + " reloads",
                resident,
                notes));
    }

    private static void look(Running daemon, int reloads, Samples resident, List<String> notes) throws IOException {
        double now = daemon.residentMib();
        resident.add(now);
        notes.add("after " + reloads + " reloads " + Table.number(now) + " MiB, " + daemon.threads() + " threads");
    }
}
