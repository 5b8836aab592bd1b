package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.linux.SteeringProgram.Chooser;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.QuicTag;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    @Test
    void doorsStandInFrontInATableForTheAddressThatTheyHave() throws Exception {
        InetAddress host = InetAddress.getByName("127.0.0.1");
        Choice choice = Choice.among(0)
                .withDoors(Map.of(new InetSocketAddress(host, 40000), 2, new InetSocketAddress(host, 50000), 1));
        assertThat(text(choice, Chooser.RANDOM))
                .containsExactly(
                        "ldb net[0]",
                        "rsh 4",
                        "if != 4 skip 7",
                        "ldb net[9]",
                        "if != 6 skip 5",
                        "ld net[12]",
                        "if != 2130706433 skip 3",
                        "ldx 4*(net[0]&0xf)",
                        "ldh net[x]",
                        "skip 1",
                        "skip 4",
                        "if != 40000 skip 1",
                        "ret 2",
                        "if != 50000 skip 1",
                        "ret 1",
                        "ret 0");
    }

    @Test
    void tagsStandInATableBehindWhatFindsThemInEitherHeader() {
        Choice choice = Choice.among(4)
                .withTags(Map.of(new QuicTag(2, 0x100), List.of(3), new QuicTag(2, 0x200), List.of(0, 1)));
        assertThat(text(choice, Chooser.IPV4_FLOW))
                .containsExactlyElementsOf(join(Stream.of(
                        IPV4_FLOW,
                        MIXED,
                        List.of("st M[1]"),
                        List.of(
                                "ld len",
                                "if < 7 skip 10",
                                "ldb [0]",
                                "if < 128 skip 6",
                                "ld len",
                                "if < 12 skip 6",
                                "ldb [5]",
                                "if < 6 skip 4",
                                "ld [8]",
                                "skip 3",
                                "ld [3]",
                                "skip 1",
                                "skip 9"),
                        List.of("if != 256 skip 1", "ret 3"),
                        List.of("if == 512 skip 1", "skip 5", "ld M[1]", "mod 2", "if != 0 skip 1", "ret 0", "ret 1"),
                        List.of("ret 4"))));
    }

    @Test
    void flowIsHashedForThoseWithoutATagAlone() {
        List<String> program =
                text(Choice.among(4, 5).withTags(Map.of(new QuicTag(0, 1), List.of(3))), Chooser.IPV4_FLOW);
        assertThat(program.subList(0, 15)).startsWith("ld len").endsWith("if != 1 skip 1", "ret 3");
        assertThat(program.subList(15, 20)).isEqualTo(IPV4_FLOW);
    }

    @Test
    void thereAreNoMoreDoorsThanAProgramHasRoomFor() {
        Map<InetSocketAddress, Integer> doors = new HashMap<>();
        for (int port = 1; port <= Choice.MOST_DOORS + 1; port++) {
            doors.put(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
        }
        assertThatThrownBy(() -> Choice.among(0).withDoors(doors))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a program has at most 896 doors, not 897");
    }

    private static List<String> text(Choice choice, Chooser chooser) {
        Transport transport = chooser == Chooser.RANDOM ? Transport.TCP : Transport.UDP;
        return SteeringProgram.of(choice, transport, chooser).instructions().stream()
                .map(Instruction::toString)
                .toList();
    }

    private static List<String> join(Stream<List<String>> parts) {
        return parts.flatMap(List::stream).toList();
    }
}
