package dev.handover.supervisor.process;

import dev.handover.supervisor.terms.LogSpec;
import dev.handover.supervisor.terms.WorkerId;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/** One worker's way into its service's log: puts together what belongs to one line. Its pipe guards it. */
final class WorkerLog implements AutoCloseable {
    /** In bytes; a longer line is written as several. */
    static final int LONGEST = 64 * 1024;

    private static final byte[] MARK = OutputLines.MARK.getBytes(StandardCharsets.UTF_8);

    private final LogFile file;
    private final WorkerId worker;
    private final boolean prefix;
    private final Runnable closed;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    /** @param closed run once, when nothing more comes */
    WorkerLog(LogFile file, WorkerId worker, LogSpec spec, Runnable closed) {
        this.file = file;
        this.worker = worker;
        this.prefix = spec.prefix();
        this.closed = closed;
    }

    void take(byte[] bytes, int length, boolean ends) {
        if (line.size() == 0) {
            begin();
        }
        line.write(bytes, 0, length);
        if (ends) {
            end();
        } else if (line.size() > LONGEST) {
            line.writeBytes(MARK);
            end();
            begin();
            line.writeBytes(MARK);
        }
    }

    private void begin() {
        if (prefix) {
            line.writeBytes((time() + " " + worker + ": ").getBytes(StandardCharsets.UTF_8));
        }
    }

    private void end() {
        line.write('\n');
        file.offer(line.toByteArray());
        line.reset();
    }

    /** As the supervisor's log has it. */
    static String time() {
        return OffsetDateTime.now(ZoneId.systemDefault())
                .truncatedTo(ChronoUnit.MILLIS)
                .toString();
    }

    /** Whether more comes than can be written. */
    boolean isFull() {
        return file.isFull();
    }

    @Override
    public void close() {
        closed.run();
    }
}
