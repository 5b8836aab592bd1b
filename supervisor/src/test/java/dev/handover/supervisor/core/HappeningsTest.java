package dev.handover.supervisor.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Happening;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.SpecDraft;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the chronicle is told of. */
class HappeningsTest {
    private static final SpecDraft WEB = SpecDraft.service("web");

    private static List<Happening> happenings(Stage stage) {
        return stage.effects().stream()
                .filter(Effect.Note.class::isInstance)
                .map(effect -> ((Effect.Note) effect).happening())
                .toList();
    }

    private static List<What> kinds(Stage stage) {
        return happenings(stage).stream().map(Happening::what).toList();
    }

    @Test
    void aReloadIsToldFromWhoAskedForItToWhatItCameTo() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);
        stage.comesUp("web/g2/w1");
        stage.exits("web/g1/w1", 0);

        assertThat(kinds(stage))
                .containsSubsequence(
                        What.RELOAD_ASKED,
                        What.GENERATION_STARTED,
                        What.WORKER_STARTED,
                        What.WORKER_READY,
                        What.GENERATION_READY,
                        What.GENERATION_SERVING,
                        What.GENERATION_DRAINING,
                        What.WORKER_EXITED,
                        What.HANDED_OVER,
                        What.RELOAD_ENDED);
        Happening ended = happenings(stage).stream()
                .filter(one -> one.what() == What.RELOAD_ENDED)
                .findFirst()
                .orElseThrow();
        assertThat(ended.text()).startsWith("web: completed: web generation 2 serves");
        assertThat(ended.report()).isPresent();
        assertThat(ended.at()).isEqualTo(Stage.NOON);
        assertThat(happenings(stage).stream()
                        .filter(one -> one.what() == What.RELOAD_ASKED)
                        .map(Happening::text))
                .containsExactly("reload of web, asked for by " + Stage.OPERATOR);
    }

    @Test
    void whateverIsWarnedOfIsToldToo() {
        Stage stage = Stage.serving(WEB);
        long warned = stage.effects().stream()
                .filter(effect ->
                        effect instanceof Effect.Log line && line.severity().compareTo(Effect.Severity.WARN) >= 0)
                .count();
        stage.exits("web/g1/w1", 3);

        assertThat(kinds(stage)).contains(What.WORKER_EXITED, What.WORKER_RESTARTS, What.SERVICE_DOWN);
        assertThat(stage.effects().stream()
                        .filter(effect -> effect instanceof Effect.Log line
                                && line.severity().compareTo(Effect.Severity.WARN) >= 0)
                        .count())
                .isGreaterThan(warned);
        assertThat(happenings(stage).stream()
                        .filter(one -> one.severity().compareTo(Effect.Severity.WARN) >= 0)
                        .map(Happening::text))
                .containsExactlyElementsOf(stage.effects().stream()
                        .filter(effect -> effect instanceof Effect.Log line
                                && line.severity().compareTo(Effect.Severity.WARN) >= 0)
                        .map(effect -> ((Effect.Log) effect).text())
                        .toList());
    }
}
