package dev.handover.supervisor.chronicle;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The last reload of a service, or its start: what happened to the service from when somebody asked for it, or it began, until it
 * had ended.
 *
 * @param entries from the oldest on; at least one
 * @param ended whether it is over, with the newest of these
 */
public record Story(List<Entry> entries, boolean ended) {
    static final String ASKED = "reload-asked";
    static final String ENDED = "reload-ended";
    static final String STARTED = "generation-started";
    private static final String START_ASKED = "start-asked";
    private static final String ABANDONED = "generation-abandoned";
    private static final String ADOPTED = "generation-adopted";

    public Story {
        entries = List.copyOf(entries);
    }

    /** Of a reload whose old generation drained on while this one had begun; a way back ends what it undoes. */
    private static boolean isOfAnOlderOne(Entry ended, OptionalLong started) {
        JsonObject reload = ended.json().getAsJsonObject("reload");
        OptionalLong from = number(reload, "from");
        OptionalLong to = number(reload, "to");
        return started.isPresent()
                && to.isPresent()
                && to.getAsLong() < started.getAsLong()
                && (from.isEmpty() || from.getAsLong() < to.getAsLong());
    }

    private static OptionalLong number(@Nullable JsonObject json, String name) {
        JsonElement number = json == null ? null : json.get(name);
        return number == null ? OptionalLong.empty() : OptionalLong.of(number.getAsLong());
    }

    /**
     * Finds it.
     *
     * @param all of one service, from the oldest on
     * @return empty if no reload of it is told of
     */
    static Optional<Story> last(List<Entry> all) {
        List<Entry> story = new ArrayList<>();
        int end = 0; // of the story, in entries; 0 while it is under way
        int asked = 0; // for what has not ended yet
        boolean begun = false;
        OptionalLong started = OptionalLong.empty(); // the newest generation of the story
        boolean abandoned = false;
        boolean adopted = false;
        for (Entry entry : all) {
            String what = entry.what();
            if (what.equals(ASKED) || what.equals(START_ASKED)) {
                asked++;
            }
            // A service that its supervisor starts by itself, since no worker of it is left, is not asked for, and has
            // no end.
            boolean begins = what.equals(ASKED) || (end > 0 && asked > 0 && what.equals(STARTED));
            if (begins) { // what is told of for itself later, such as the end of a standby, is of the reload before
                story.clear();
                end = 0;
                abandoned = false;
                adopted = false;
                started = OptionalLong.empty();
            }
            begun |= begins || what.equals(ENDED);
            story.add(entry);
            abandoned |= what.equals(ABANDONED);
            adopted |= what.equals(ADOPTED);
            if (what.equals(STARTED)) {
                started = number(entry.json(), "generation");
            }
            if (what.equals(ENDED)) {
                asked = Math.max(0, asked - 1);
                if (!isOfAnOlderOne(entry, started)) {
                    end = story.size();
                }
            } else if (end == 0 && abandoned && adopted) { // nobody knows any more who waits for its end
                end = story.size();
                asked = 0;
            }
        }
        return begun ? Optional.of(new Story(end > 0 ? story.subList(0, end) : story, end > 0)) : Optional.empty();
    }
}
