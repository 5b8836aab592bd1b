package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ServiceName;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A service that is steered to where another one serves. */
@Timeout(300)
class TakeoverTest {
    private static final ServiceName WEB = Workers.WEB;
    private static final ServiceName SITE = new ServiceName("site");

    private final Workers workers = new Workers();
    private final Steered steering = new Steered();

    @AfterEach
    void close() {
        workers.close();
        steering.close();
    }

    private void flip(ServiceName service, int count, ListenAddress address) throws Exception {
        assertThat(steering.steer(service, 1, workers.start(service, 1, count, "", address), address))
                .isEqualTo(new Event.Steered(service, Workers.generation(1), Mode.STEERED, ""));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 3", "3, 1", "2, 2"})
    void noClientIsLostOrLateWhileOneServiceTakesAnothersAddressOver(int before, int after) throws Exception {
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        flip(WEB, before, address);
        Clients clients = new Clients(address);
        flip(SITE, after, address);
        Ledger ledger = steering.leave(WEB, 1, workers);
        Map<String, Integer> served = clients.served();
        assertThat(ledger.isLossless()).as(ledger.toString()).isTrue();
        assertThat(served.keySet())
                .as("served %s", served)
                .allMatch(name -> name.startsWith("web/g1") || name.startsWith("site/g1"))
                .anyMatch(name -> name.startsWith("site/g1"));
        assertThat(clients.sentAgain()).as("SYNs sent again").isZero();
        assertThat(steering.warnings()).isEmpty();
    }

    @Test
    void noClientIsLostOrLateWhileTwoServicesSwapTheirAddresses() throws Exception {
        ListenAddress one = Workers.free("tcp://127.0.0.1:%d");
        ListenAddress other = Workers.free("tcp://127.0.0.1:%d");
        flip(WEB, 2, one);
        flip(SITE, 2, other);
        Clients ofOne = new Clients(one);
        Clients ofOther = new Clients(other);
        assertThat(steering.steer(WEB, 2, workers.start(WEB, 2, 2, "", other), other))
                .isInstanceOf(Event.Steered.class);
        assertThat(steering.steer(SITE, 2, workers.start(SITE, 2, 2, "", one), one))
                .isInstanceOf(Event.Steered.class);
        assertThat(steering.leave(WEB, 1, workers).isLossless()).isTrue();
        assertThat(steering.leave(SITE, 1, workers).isLossless()).isTrue();
        assertThat(ofOne.served().keySet()).allMatch(name -> name.startsWith("web/g1") || name.startsWith("site/g2"));
        assertThat(ofOther.served().keySet()).allMatch(name -> name.startsWith("site/g1") || name.startsWith("web/g2"));
        assertThat(ofOne.sentAgain() + ofOther.sentAgain())
                .as("SYNs sent again")
                .isZero();
        assertThat(steering.warnings()).isEmpty();
    }

    @Test
    void serviceThatDoesNotListenWhereItIsToTakeOverIsUnfit() throws Exception {
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        ListenAddress elsewhere = Workers.free("tcp://127.0.0.1:%d");
        flip(WEB, 1, address);
        assertThat(steering.steer(SITE, 1, workers.start(SITE, 1, 1, "", elsewhere), address, elsewhere))
                .isInstanceOfSatisfying(
                        Event.Unfit.class,
                        unfit -> assertThat(unfit.reason())
                                .isEqualTo(
                                        "no worker of generation 1 listens on " + address + ", where web generation 1"
                                                + " serves; let it listen there, or declare it no longer"));
    }
}
