package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.ConnectionProbe;
import dev.handover.supervisor.terms.ListenAddress;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Sees a worker that nothing new comes to finish its connections. */
final class ConnectionLook implements Lookout.Look {
    private final ConnectionProbe probe;
    private final long pid;
    private final List<ListenAddress> listen;
    private final IntConsumer counts;
    private final Consumer<IOException> unseen;
    private int last = -1;
    private int told = -1;

    /**
     * @param counts takes each new number of connections; 0, the last, only when two looks in a row have found none
     * @param unseen takes why no more can be seen
     */
    ConnectionLook(
            ConnectionProbe probe,
            long pid,
            List<ListenAddress> listen,
            IntConsumer counts,
            Consumer<IOException> unseen) {
        this.probe = probe;
        this.pid = pid;
        this.listen = listen;
        this.counts = counts;
        this.unseen = unseen;
    }

    @Override
    public boolean isLast() {
        try {
            int open = probe.count(pid, listen);
            boolean idle = open == 0 && last == 0;
            last = open;
            if (idle || (open != 0 && open != told)) {
                told = open;
                counts.accept(open);
            }
            return idle;
        } catch (IOException refused) {
            unseen.accept(refused);
            return true;
        }
    }
}
