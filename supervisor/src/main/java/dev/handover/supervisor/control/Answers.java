package dev.handover.supervisor.control;

import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.Progress;
import java.util.function.Consumer;

/** What becomes of one request. No method blocks or throws, whatever the client does: the core's thread calls them. */
public interface Answers {
    /**
     * The request will be carried out. Called at most once, before any progress; not called for a request that is
     * answered at once.
     *
     * @param text for people, such as {@code begins once generation 8 is done}; may be empty
     */
    void accepted(String text);

    void progress(Progress progress);

    /** The request's last answer. */
    void end(Reply reply);

    /** Of a request that is answered at once. */
    static Answers atOnce(Consumer<Reply> end) {
        return new Answers() {
            @Override
            public void accepted(String text) {}

            @Override
            public void progress(Progress progress) {}

            @Override
            public void end(Reply reply) {
                end.accept(reply);
            }
        };
    }
}
