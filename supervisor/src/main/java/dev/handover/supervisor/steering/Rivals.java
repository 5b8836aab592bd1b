package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.SocketRow;
import dev.handover.supervisor.terms.SteeringStatus.Rival;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/** Finds the sockets that get a service's clients though they are in none of its groups, and are no worker's. For one thread. */
final class Rivals {
    private final Kernel kernel;
    private final LongPredicate isWorker;
    private final Consumer<String> warnings;
    private final Set<Rival> named = new HashSet<>();
    /** Pids by inode. */
    private final Map<Long, Long> owners = new HashMap<>();

    /** @param isWorker whether a pid is that of a worker of any service, or of a descendant of one */
    Rivals(Kernel kernel, LongPredicate isWorker, Consumer<String> warnings) {
        this.kernel = kernel;
        this.isWorker = isWorker;
        this.warnings = warnings;
    }

    /** Those of one group; none where the kernel does not tell. */
    List<Rival> of(SteeredGroup group) {
        List<Rival> rivals = new ArrayList<>();
        try {
            List<SocketRow> preferred = group.preferred();
            Map<Long, Long> known = ownersOf(preferred);
            for (SocketRow row : preferred) {
                Long pid = known.get(row.inode());
                if (pid == null) {
                    rivals.add(new Rival(row.address(), OptionalLong.empty(), ""));
                } else if (!isWorker.test(pid) && pid != ProcessHandle.current().pid()) {
                    rivals.add(new Rival(row.address(), OptionalLong.of(pid), kernel.commandLine(pid)));
                }
            }
        } catch (LinuxException untold) {
            // It is looked for again when somebody asks.
        }
        return rivals.stream().distinct().toList();
    }

    /** To find one is slow where there are many processes; who has been seen to hold it does as long as he runs. */
    private Map<Long, Long> ownersOf(List<SocketRow> rows) {
        owners.values().removeIf(pid -> kernel.stat(pid).isEmpty());
        List<Long> unknown = rows.stream()
                .map(SocketRow::inode)
                .filter(inode -> !owners.containsKey(inode))
                .toList();
        if (!unknown.isEmpty()) {
            owners.putAll(kernel.owners(unknown));
        }
        return owners;
    }

    /** Names each once. */
    void name(Collection<SteeredGroup> groups) {
        for (SteeredGroup group : groups) {
            of(group).stream().filter(named::add).forEach(rival -> warnings.accept(text(group, rival)));
        }
    }

    private static String text(SteeredGroup group, Rival rival) {
        return group.address() + ": what comes to " + rival.address() + " goes to "
                + (rival.pid().isPresent()
                        ? "pid " + rival.pid().getAsLong() + ", " + rival.command()
                        : "a process that can't be seen")
                + ", since the kernel prefers that address";
    }
}
