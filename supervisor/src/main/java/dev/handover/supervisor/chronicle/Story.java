package dev.handover.supervisor.chronicle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

    public Story {
        entries = List.copyOf(entries);
    }

    /**
     * Finds it.
     *
     * @param all of one service, from the oldest on
     * @return empty if no reload of it is told of
     */
    static Optional<Story> last(List<Entry> all) {
        List<Entry> story = new ArrayList<>();
        boolean ended = false;
        boolean begun = false;
        for (Entry entry : all) {
            boolean begins =
                    entry.what().equals(ASKED) || (ended && entry.what().equals(STARTED));
            if (begins) { // what is told of for itself later, such as the end of a standby, is of the reload before
                story.clear();
                ended = false;
            }
            begun |= begins || entry.what().equals(ENDED);
            story.add(entry);
            ended |= entry.what().equals(ENDED);
        }
        while (ended && !story.get(story.size() - 1).what().equals(ENDED)) {
            story.remove(story.size() - 1);
        }
        return begun ? Optional.of(new Story(story, ended)) : Optional.empty();
    }
}
