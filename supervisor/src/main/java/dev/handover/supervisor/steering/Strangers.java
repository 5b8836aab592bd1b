package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.SocketRow;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/** Names each socket once that is in a service's group and not a worker's. */
final class Strangers {
    private final Kernel kernel;
    private final LongPredicate isWorker;
    private final Consumer<String> warnings;
    private final Set<Long> named = new HashSet<>();

    Strangers(Kernel kernel, LongPredicate isWorker, Consumer<String> warnings) {
        this.kernel = kernel;
        this.isWorker = isWorker;
        this.warnings = warnings;
    }

    /** @return whether there is any at all, and so the group may change unseen */
    boolean name(Collection<SteeredGroup> groups) {
        List<SocketRow> all = groups.stream()
                .filter(group -> !group.serving().isEmpty())
                .flatMap(group -> group.strangers().stream())
                .toList();
        List<SocketRow> unknown =
                all.stream().filter(row -> !named.contains(row.cookie())).toList();
        if (!unknown.isEmpty()) {
            Map<Long, Long> owners =
                    kernel.owners(unknown.stream().map(SocketRow::inode).toList());
            for (SocketRow row : unknown) {
                Long pid = owners.get(row.inode());
                // A worker that is being started again has its listener before it is ready.
                if (pid == null || !isWorker.test(pid)) {
                    named.add(row.cookie());
                    warnings.accept("a stranger listens on " + row + ": "
                            + (pid == null
                                    ? "a process that can't be seen"
                                    : "pid " + pid + ", " + kernel.commandLine(pid))
                            + "; it gets no connections");
                }
            }
        }
        return !all.isEmpty();
    }
}
