package dev.handover.supervisor.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.WorkerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the drawings in docs/architecture.md to the transitions in the code; a failure prints the drawing to put there. */
class StateDiagramTest {
    private static final Path DOCUMENT = Path.of("../docs/architecture.md");

    private static <S extends Enum<S>> String drawing(S[] states, Function<S, Collection<S>> next) {
        return drawing(
                Set.of(states[0]), states, next, state -> next.apply(state).isEmpty());
    }

    private static <S extends Enum<S>> String drawing(
            Collection<S> first, S[] states, Function<S, Collection<S>> next, Predicate<S> last) {
        Stream<String> begins = first.stream().map(state -> "[*] --> " + state);
        Stream<String> moves = Arrays.stream(states)
                .flatMap(state -> Stream.concat(
                        next.apply(state).stream().map(to -> state + " --> " + to),
                        last.test(state) ? Stream.of(state + " --> [*]") : Stream.empty()));
        return Stream.concat(begins, moves).collect(Collectors.joining("\n    ", "stateDiagram-v2\n    ", "\n"));
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

    @Test
    void handoversAreDrawnAsTheyGoOn() throws IOException {
        isDrawn(drawing(Phase.first(), Phase.values(), Phase::next, Phase::mayBeLast));
    }
}
