package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.Choice;
import dev.handover.supervisor.linux.GroupOrder;
import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.linux.SocketRow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The model against the kernel that runs. */
@Timeout(300)
class OrderInTheKernelTest {
    private static final int STEPS = 60;
    private static final int LARGEST = 8;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp://127.0.0.1:%d",
                "tcp://[::1]:%d",
                "tcp://[::]:%d?dual-stack",
                "udp://127.0.0.1:%d",
                "udp://[::1]:%d",
                "udp://[::]:%d?dual-stack"
            })
    void listenersByAgeAreInTheOrderTheyJoinedIn(String form) throws Exception {
        try (OwnGroup kernel = new OwnGroup(form);
                SockDiag sockets = new SockDiag()) {
            for (int i = 0; i < LARGEST; i++) {
                kernel.join();
            }
            assertThat(SocketRow.byAge(sockets.listeners(kernel.address())))
                    .extracting(SocketRow::cookie)
                    .containsExactlyElementsOf(kernel.pairs().stream()
                            .map(pair -> pair.held().socket().cookie())
                            .toList());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp://127.0.0.1:%d",
                "tcp://[::1]:%d",
                "tcp://[::]:%d?dual-stack",
                "udp://127.0.0.1:%d",
                "udp://[::1]:%d",
                "udp://[::]:%d?dual-stack"
            })
    void modelAndOrderAsTheKernelTellsItPredictWhoIsReached(String form) throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        try (OwnGroup kernel = new OwnGroup(form)) {
            Order<OwnGroup.Pair> model = new Order<>(List.of());
            for (int step = 0; step < STEPS; step++) {
                String about = form + ", step " + step + ", -Dseed=" + seed;
                if (model.size() < 2 || (random.nextBoolean() && model.size() < LARGEST)) {
                    model = OrderTest.joined(model, kernel.join());
                } else {
                    OwnGroup.Pair leaving = model.members().get(random.nextInt(model.size()));
                    kernel.leave(leaving);
                    model.leave(leaving);
                }
                List<Integer> chosen = new ArrayList<>();
                for (int i = 0; i < model.size(); i++) {
                    if (random.nextInt(3) == 0) {
                        chosen.add(random.nextInt(chosen.size() + 1), i);
                    }
                }
                Optional<Choice> program = chosen.isEmpty() ? Optional.empty() : Optional.of(new Choice(chosen));
                HeldListener any = model.last().held();
                Map<Integer, HeldListener> found = GroupOrder.find(
                                model.members().stream()
                                        .map(OwnGroup.Pair::held)
                                        .toList(),
                                IntStream.range(0, model.size()).boxed().toList(),
                                program,
                                Optional.empty())
                        .places();
                for (int i = 0; i < model.size(); i++) {
                    assertThat(found.get(i))
                            .as(about)
                            .isSameAs(model.members().get(i).held());
                }
                if (chosen.isEmpty()) {
                    int index = random.nextInt(model.size());
                    any.steer(Choice.among(index));
                    assertThat(kernel.client())
                            .as(about)
                            .contains(model.members().get(index));
                } else {
                    Set<OwnGroup.Pair> allowed = new HashSet<>();
                    for (int index : chosen) {
                        allowed.add(model.members().get(index));
                    }
                    assertThat(allowed).as(about).contains(kernel.client().orElseThrow());
                }
            }
        }
    }
}
