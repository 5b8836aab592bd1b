package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.GroupModel.Fate;
import dev.handover.supervisor.linux.KernelModel;
import dev.handover.supervisor.linux.OwnedSocket;
import dev.handover.supervisor.terms.Ledger.Counters;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A stranger that leaves while a generation runs empty has moved those that serve, and nobody has seen it yet. */
class LateHandshakeTest {
    private static final ListenAddress ADDRESS = ListenAddress.parse("tcp://127.0.0.1:80");
    private static final long STRANGER = 1;
    private static final long OLD = 2;
    private static final long NEW = 3;

    private final KernelModel model = new KernelModel(new Random(1));
    private final Kernel kernel = new KernelInMemory(model);
    private final SteeredGroup group = new SteeredGroup(ADDRESS, kernel);
    private int clients;

    private Member hold(int generation, long pid) throws IOException {
        OwnedSocket socket = kernel.search(List.of(pid), List.of(ADDRESS), row -> false)
                .get(pid)
                .found()
                .get(ADDRESS)
                .get(0);
        Member member = new Member(
                Workers.id(generation, 1),
                new ProcessId(pid, 1),
                kernel.hold(socket, ADDRESS),
                Optional.empty(),
                kernel);
        member.ownedBy(new ProcessId(pid, 1), socket.fd());
        group.hold(member);
        return member;
    }

    /** A client whose handshake is answered for this process' listener, where the kernel's hash decides. */
    private int clientOf(long pid) {
        while (true) {
            int client = ++clients;
            boolean[] answered = new boolean[1];
            model.connect(client, new InetSocketAddress("10.0.0.1", client), ADDRESS, answer -> answered[0] = true);
            model.arrive();
            assertThat(answered[0]).isTrue();
            if (model.opener(client) == pid) {
                return client;
            }
            model.finish(client); // newcomers' handshakes can't be told apart
        }
    }

    @Test
    void aHandshakeThatItHasLedToALeavingListenerIsWaitedForBeforeThatIsSealed() throws Exception {
        for (long pid : List.of(STRANGER, OLD, NEW)) {
            model.start(new ProcessId(pid, 1));
            model.listen(pid, ADDRESS);
        }
        Member old = hold(1, OLD);
        Member serves = hold(2, NEW);
        group.look();
        group.serve(List.of(serves));
        Departures leaving = new Departures(
                List.of(new Departure(group, List.of(old), kernel)), new Before(Counters.ZERO, Map.of()), kernel);
        leaving.capture();
        model.end(STRANGER);
        int client = clientOf(OLD);

        assertThat(leaving.isEmpty(0)).isFalse();
        assertThat(clientsThatReach(NEW)).as("those who come now").isTrue();
        assertThat(leaving.isEmpty(0)).isFalse();
        assertThat(model.finish(client)).isEqualTo(Fate.QUEUED);
        assertThat(leaving.isEmpty(0)).isFalse();
        assertThat(model.accept(OLD)).hasValue(client);
        assertThat(leaving.isEmpty(0)).isTrue();
        group.dropAll();
    }

    private boolean clientsThatReach(long pid) {
        int before = clients;
        return clientOf(pid) == before + 1;
    }
}
