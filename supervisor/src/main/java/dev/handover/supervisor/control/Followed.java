package dev.handover.supervisor.control;

import com.google.gson.JsonObject;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What is kept, an {@code event} each, and, where it is followed, what comes.
 *
 * @param <E> what is kept
 */
final class Followed<E> implements Source {
    private final String id;
    private final From<E> from;
    private final Function<E, JsonObject> spelling;
    private final Supplier<JsonObject> result;
    private boolean follows;
    private boolean over;
    private Optional<E> held = Optional.empty();

    /** Where it is read. */
    record From<E>(Supplier<Optional<E>> next, LongSupplier missed, Runnable close) {}

    /**
     * @param follows whether it goes on with what comes
     * @param result its last line
     */
    Followed(String id, From<E> from, boolean follows, Function<E, JsonObject> spelling, Supplier<JsonObject> result) {
        this.id = id;
        this.from = from;
        this.follows = follows;
        this.spelling = spelling;
        this.result = result;
    }

    @Override
    public Optional<AnswerLine> next() {
        Optional<E> next = held.or(from.next());
        held = Optional.empty();
        long missed = from.missed().getAsLong();
        if (missed > 0) {
            held = next;
            JsonObject json = new JsonObject();
            json.addProperty("not_shown", missed);
            return Optional.of(AnswerLine.event(id, json));
        }
        if (next.isPresent()) {
            return next.map(entry -> AnswerLine.event(id, spelling.apply(entry)));
        }
        if (follows || over) {
            return Optional.empty();
        }
        over = true;
        return Optional.of(AnswerLine.result(id, result.get()));
    }

    @Override
    public boolean isOver() {
        return over;
    }

    @Override
    public void finish() {
        follows = false;
    }

    @Override
    public void close() {
        from.close().run();
    }
}
