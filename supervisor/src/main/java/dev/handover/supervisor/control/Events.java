package dev.handover.supervisor.control;

import com.google.gson.JsonObject;
import dev.handover.supervisor.chronicle.ChronicleReader;
import dev.handover.supervisor.chronicle.Entry;
import java.util.Optional;

/** What has happened, and, where it is followed, what happens: a line each. */
final class Events implements Source {
    private final String id;
    private final ChronicleReader reader;
    private final boolean reports;
    private boolean follows;
    private boolean over;
    private Optional<Entry> held = Optional.empty();

    /**
     * @param follows whether it goes on with what happens
     * @param reports whether it tells what reloads came to in full
     */
    Events(String id, ChronicleReader reader, boolean follows, boolean reports) {
        this.id = id;
        this.reader = reader;
        this.follows = follows;
        this.reports = reports;
    }

    @Override
    public Optional<AnswerLine> next() {
        Optional<Entry> next = held.or(reader::next);
        held = Optional.empty();
        long missed = reader.missed();
        if (missed > 0) {
            held = next;
            JsonObject json = new JsonObject();
            json.addProperty("not_shown", missed);
            return Optional.of(AnswerLine.event(id, json));
        }
        if (next.isPresent()) {
            return next.map(entry -> AnswerLine.event(id, json(entry)));
        }
        if (follows || over) {
            return Optional.empty();
        }
        over = true;
        return Optional.of(AnswerLine.result(id, new JsonObject()));
    }

    private JsonObject json(Entry entry) {
        JsonObject json = entry.json();
        if (!reports) {
            json.remove("reload");
        }
        return json;
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
        reader.close();
    }
}
