package dev.handover.supervisor.daemon;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Reply.Signalled;
import dev.handover.supervisor.terms.Reply.Signalled.Recipient;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SignalsTo;
import dev.handover.supervisor.terms.WorkerId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Sends a signal to workers, and tells who has got it. */
final class SentSignals {
    private final Way way;

    /** The way to one worker's process. */
    interface Way {
        /** Returns why it has not got the signal, for people; empty if it has. */
        Optional<String> pass(ProcessId process, Signal signal, SignalsTo to);
    }

    SentSignals(Way way) {
        this.way = way;
    }

    /** In the order of the workers. */
    Reply perform(Effect.AnswerSignalled asked) {
        Map<WorkerId, Recipient> recipients = new TreeMap<>();
        asked.absent().forEach(worker -> recipients.put(worker, absent(worker)));
        new TreeMap<>(asked.workers())
                .forEach((worker, process) -> recipients.put(
                        worker,
                        new Recipient(
                                worker,
                                OptionalLong.of(process.pid()),
                                way.pass(process, asked.signal(), asked.to()))));
        List<Recipient> all = List.copyOf(recipients.values());
        if (all.stream().anyMatch(one -> one.missed().isEmpty())) {
            return new Signalled(asked.service(), asked.generation(), asked.signal(), asked.to(), all);
        }
        String why = all.stream()
                .map(one -> one.worker() + ": " + one.missed().orElseThrow())
                .collect(Collectors.joining(", "));
        return new Reply.Refused(Reply.Reason.FAILED, asked.signal() + " has reached nobody: " + why);
    }

    private static Recipient absent(WorkerId worker) {
        return new Recipient(worker, OptionalLong.empty(), Optional.of("no process of it runs"));
    }
}
