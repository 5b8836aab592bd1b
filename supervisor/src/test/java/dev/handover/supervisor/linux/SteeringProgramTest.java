package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.linux.SteeringProgram.Chooser;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SteeringProgramTest {
    private static final List<String> IPV4_FLOW =
            List.of("ldx 4*(net[0]&0xf)", "ld net[x]", "tax", "ld net[12]", "xor x");

    private static final List<String> IPV6_FLOW = List.of(
            "ldb net[6]",
            "if != 17 skip 2",
            "ld net[40]",
            "skip 1",
            "ld 0",
            "st M[0]",
            "ldx M[0]",
            "ld net[8]",
            "xor x",
            "tax",
            "ld net[12]",
            "xor x",
            "tax",
            "ld net[16]",
            "xor x",
            "tax",
            "ld net[20]",
            "xor x");

    private static final List<String> MIXED = List.of(
            "tax",
            "rsh 16",
            "xor x",
            "mul 0x7feb352d",
            "tax",
            "rsh 15",
            "xor x",
            "mul 0x846ca68b",
            "tax",
            "rsh 16",
            "xor x");

    @Test
    void allToOneNeedsNoNumber() {
        for (Chooser chooser : Chooser.values()) {
            assertThat(text(Choice.among(3), chooser)).containsExactly("ret 3");
        }
    }

    @Test
    void amongSeveralItTakesANumberModuloTheirCountWhereverTheyStand() {
        assertThat(text(Choice.among(5, 2, 7), Chooser.RANDOM))
                .containsExactly("ld random", "mod 3", "if != 0 skip 1", "ret 5", "if != 1 skip 1", "ret 2", "ret 7");
    }

    @Test
    void choiceReadsAsASentence() {
        assertThat(Choice.among(2, 1)).hasToString("among [2, 1]");
    }

    @Test
    void impossibleChoicesAreRefused() {
        assertThatThrownBy(() -> Choice.among(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(Choice::among).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Choice.among(1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ipv4FlowIsItsSourceAndThePortsBehindTheOptions() {
        assertThat(text(Choice.among(1, 2, 3), Chooser.IPV4_FLOW))
                .containsExactlyElementsOf(join(Stream.of(
                        IPV4_FLOW,
                        MIXED,
                        List.of("mod 3", "if != 0 skip 1", "ret 1", "if != 1 skip 1", "ret 2", "ret 3"))));
    }

    @Test
    void ipv6FlowIsItsSourceAndThePortsUnlessAnExtensionHeaderComesFirst() {
        assertThat(text(Choice.among(1, 2, 3), Chooser.IPV6_FLOW))
                .containsExactlyElementsOf(join(Stream.of(
                        IPV6_FLOW,
                        MIXED,
                        List.of("mod 3", "if != 0 skip 1", "ret 1", "if != 1 skip 1", "ret 2", "ret 3"))));
    }

    @Test
    void dualStackFlowLooksAtTheVersionFirst() {
        assertThat(text(Choice.among(1, 2, 3), Chooser.DUAL_STACK_FLOW))
                .containsExactlyElementsOf(join(Stream.of(
                        List.of("ldb net[0]", "rsh 4", "if != 6 skip 19"),
                        IPV6_FLOW,
                        List.of("skip 5"),
                        IPV4_FLOW,
                        MIXED,
                        List.of("mod 3", "if != 0 skip 1", "ret 1", "if != 1 skip 1", "ret 2", "ret 3"))));
    }

    private static List<String> text(Choice choice, Chooser chooser) {
        return SteeringProgram.of(choice, chooser).instructions().stream()
                .map(Instruction::toString)
                .toList();
    }

    private static List<String> join(Stream<List<String>> parts) {
        return parts.flatMap(List::stream).toList();
    }
}
