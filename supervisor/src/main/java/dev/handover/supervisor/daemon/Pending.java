package dev.handover.supervisor.daemon;

import dev.handover.supervisor.control.Answers;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.Progress;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The requests that the core has not answered yet, and whom to give the answers. */
final class Pending {
    private final Consumer<Event> inbox;
    private final AtomicLong last = new AtomicLong();
    private final Map<RequestId, Answers> pending = new ConcurrentHashMap<>();

    Pending(Consumer<Event> inbox) {
        this.inbox = inbox;
    }

    void submit(Request request, Answers answers) {
        RequestId id = new RequestId(last.incrementAndGet());
        pending.put(id, answers);
        inbox.accept(new Event.Requested(id, request));
    }

    /** Tells the core that nobody is there for these any more, if they have not had their end. */
    void gone(Answers answers) {
        pending.forEach((id, waiting) -> {
            if (waiting.equals(answers)) {
                inbox.accept(new Event.CallerLeft(id));
            }
        });
    }

    void accepted(RequestId id, String text) {
        Answers answers = pending.get(id);
        if (answers != null) {
            answers.accepted(text);
        }
    }

    void progress(RequestId id, Progress progress) {
        Answers answers = pending.get(id);
        if (answers != null) {
            answers.progress(progress);
        }
    }

    /** Whoever still waits is told this, for there is nobody who could say more. */
    void endAll(Reply reply) {
        pending.keySet().forEach(id -> end(id, reply));
    }

    void end(RequestId id, Reply reply) {
        Answers answers = pending.remove(id);
        if (answers != null) {
            answers.end(reply);
        }
    }
}
