package dev.handover.supervisor.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.WorkerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the drawings in docs/architecture.md to the transitions in the code; a failure prints the drawing to put there. */
class StateDiagramTest {
    private static final Path DOCUMENT = Path.of("../docs/architecture.md");

    private static <S extends Enum<S>> String drawing(S[] states, Function<S, Collection<S>> next) {
        String transitions = Arrays.stream(states)
                .flatMap(state -> next.apply(state).isEmpty()
                        ? Stream.of("    " + state + " --> [*]")
                        : next.apply(state).stream().map(to -> "    " + state + " --> " + to))
                .collect(Collectors.joining("\n"));
        return "stateDiagram-v2\n    [*] --> " + states[0] + "\n" + transitions + "\n";
    }

    private static void isDrawn(String drawing) throws IOException {
        assertThat(Files.readString(DOCUMENT)).contains("```mermaid\n" + drawing + "```");
    }

    @Test
    void generationsAreDrawnAsTheyMove() throws IOException {
        isDrawn(drawing(GenerationState.values(), GenerationState::next));
    }

    @Test
    void workersAreDrawnAsTheyMove() throws IOException {
        isDrawn(drawing(WorkerState.values(), WorkerState::next));
    }
}
