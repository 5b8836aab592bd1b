package dev.handover.supervisor.chronicle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StoryTest {
    private static Optional<Story> last(String... kinds) {
        List<Entry> all = new ArrayList<>();
        for (String kind : kinds) {
            all.add(new Entry(all.size() + 1, Instant.EPOCH, kind, Optional.of("web"), "{}"));
        }
        return Story.last(all);
    }

    private static List<String> kinds(Optional<Story> story) {
        return story.orElseThrow().entries().stream().map(Entry::what).toList();
    }

    @Test
    void itIsFromTheLastTimeThatSomebodyAskedToTheEnd() {
        Optional<Story> story = last(
                "reload-asked",
                "reload-ended",
                "worker-exited",
                "reload-asked",
                "generation-serving",
                "reload-ended",
                "worker-exited");
        assertThat(kinds(story)).containsExactly("reload-asked", "generation-serving", "reload-ended");
        assertThat(story.orElseThrow().ended()).isTrue();
    }

    @Test
    void oneThatIsUnderWayHasAllThatHasHappenedSince() {
        Optional<Story> story =
                last("reload-asked", "reload-ended", "reload-asked", "generation-started", "canary-step");
        assertThat(kinds(story)).containsExactly("reload-asked", "generation-started", "canary-step");
        assertThat(story.orElseThrow().ended()).isFalse();
    }

    @Test
    void whatComesOfItLaterIsOfItToo() {
        assertThat(kinds(last(
                        "reload-asked", "generation-standby", "reload-ended", "generation-draining", "reload-ended")))
                .hasSize(5);
    }

    @Test
    void aServiceThatWasNeverReloadedHasNone() {
        assertThat(last("generation-started", "generation-serving")).isEmpty();
        assertThat(last()).isEmpty();
    }
}
