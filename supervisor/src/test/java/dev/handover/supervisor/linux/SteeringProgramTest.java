package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.linux.Steering.Share;
import dev.handover.supervisor.linux.Steering.Spread;
import dev.handover.supervisor.linux.Steering.To;
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
            assertThat(text(new To(3), chooser)).containsExactly("ret 3");
        }
    }

    @Test
    void spreadOverOneIsTheSameAsAllToIt() {
        assertThat(text(new Spread(3, 1), Chooser.RANDOM)).isEqualTo(text(new To(3), Chooser.RANDOM));
    }

    @Test
    void spreadTakesANumberModuloTheCount() {
        assertThat(text(new Spread(2, 4), Chooser.RANDOM)).containsExactly("ld random", "mod 4", "add 2", "ret a");
    }

    @Test
    void shareComparesAPercentageAndChoosesByWhatThatLeaves() {
        assertThat(text(new Share(10, new To(1), new To(0)), Chooser.RANDOM))
                .containsExactly("ld random", "st M[1]", "mod 100", "if >= 10 skip 1", "ret 1", "ret 0");
        assertThat(text(new Share(25, new Spread(4, 2), new Spread(0, 4)), Chooser.RANDOM))
                .containsExactly(
                        "ld random",
                        "st M[1]",
                        "mod 100",
                        "if >= 25 skip 5",
                        "ld M[1]",
                        "div 100",
                        "mod 2",
                        "add 4",
                        "ret a",
                        "ld M[1]",
                        "div 100",
                        "mod 4",
                        "add 0",
                        "ret a");
    }

    @Test
    void ipv4FlowIsItsSourceAndThePortsBehindTheOptions() {
        assertThat(text(new Spread(1, 3), Chooser.IPV4_FLOW))
                .containsExactlyElementsOf(join(Stream.of(IPV4_FLOW, MIXED, List.of("mod 3", "add 1", "ret a"))));
    }

    @Test
    void ipv6FlowIsItsSourceAndThePortsUnlessAnExtensionHeaderComesFirst() {
        assertThat(text(new Spread(1, 3), Chooser.IPV6_FLOW))
                .containsExactlyElementsOf(join(Stream.of(IPV6_FLOW, MIXED, List.of("mod 3", "add 1", "ret a"))));
    }

    @Test
    void dualStackFlowLooksAtTheVersionFirst() {
        assertThat(text(new Spread(1, 3), Chooser.DUAL_STACK_FLOW))
                .containsExactlyElementsOf(join(Stream.of(
                        List.of("ldb net[0]", "rsh 4", "if != 6 skip 19"),
                        IPV6_FLOW,
                        List.of("skip 5"),
                        IPV4_FLOW,
                        MIXED,
                        List.of("mod 3", "add 1", "ret a"))));
    }

    @Test
    void steeringReadsAsASentenceAndNamesItsMembers() {
        assertThat(new To(2)).hasToString("to 2");
        assertThat(new Spread(2, 2)).hasToString("over 2..3");
        Steering canary = new Share(10, new To(1), new To(0));
        assertThat(canary).hasToString("10 % to 1, the rest to 0");
        assertThat(canary.members()).containsExactly(1, 0);
        assertThat(new Share(0, new To(1), new To(0)).members()).containsExactly(0);
        assertThat(new Share(100, new To(1), new To(0)).members()).containsExactly(1);
        assertThat(new Spread(2, 3).members()).containsExactly(2, 3, 4);
    }

    @Test
    void impossibleDescriptionsAreRefused() {
        assertThatThrownBy(() -> new To(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Spread(0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Share(101, new To(0), new To(1))).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<String> text(Steering steering, Chooser chooser) {
        return SteeringProgram.of(steering, chooser).instructions().stream()
                .map(Instruction::toString)
                .toList();
    }

    private static List<String> join(Stream<List<String>> parts) {
        return parts.flatMap(List::stream).toList();
    }
}
