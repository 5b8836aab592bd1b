package dev.handover.supervisor.protocol;

import dev.handover.supervisor.fuzz.Bytes;
import dev.handover.supervisor.process.RunningWorkers.Speaker;
import dev.handover.supervisor.protocol.WorkerMessage.BadMessage;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.WorkerId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a worker says, in the worker protocol and as a datagram of sd_notify. */
public final class WorkerFuzz {
    private static final Speaker SPEAKER =
            new Speaker(new WorkerId(new ServiceName("web"), new GenerationId(1), 1), 4711);

    private WorkerFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        List<String> warnings = new ArrayList<>();
        List<Event> events = NotifyReceiver.events(Bytes.text(input), SPEAKER, warnings::add);
        Bytes.require(events.size() + warnings.size() <= input.length, "more came out than went in");
        MessageReader reader = new MessageReader(new ByteArrayInputStream(input));
        try {
            for (Optional<WorkerMessage> next = reader.next(); next.isPresent(); next = reader.next()) {
                take(next.get());
            }
        } catch (BadMessage told) {
            Bytes.requireHarmless(String.valueOf(told.getMessage()));
        }
    }

    private static void take(WorkerMessage message) throws BadMessage {
        Bytes.require(WorkerMessage.parse(message.toString()).equals(message), "it is not read as it is written");
        try {
            Bytes.require(message.count() >= 0, "a count is 0 or more");
        } catch (BadMessage told) {
            Bytes.requireHarmless(String.valueOf(told.getMessage()));
        }
    }
}
