package dev.handover.supervisor.daemon;

import dev.handover.supervisor.terms.Effect;
import java.util.Optional;
import java.util.function.Consumer;

/** Performs what the core decided: brings each effect to the edge that its family belongs to. */
final class Performer {
    private final Consumer<Effect.OfProcess> processes;
    private final Consumer<Effect.OfProtocol> protocol;
    private final Consumer<Effect.OfWatch> watch;
    private final Consumer<Effect.OfWitness> witness;
    private final Consumer<Effect.OfSteering> steering;
    private final Consumer<Effect.OfRequest> requests;
    private final Consumer<Effect.OfSupervisor> supervisor;

    Performer(
            Consumer<Effect.OfProcess> processes,
            Consumer<Effect.OfProtocol> protocol,
            Consumer<Effect.OfWatch> watch,
            Consumer<Effect.OfWitness> witness,
            Consumer<Effect.OfSteering> steering,
            Consumer<Effect.OfRequest> requests,
            Consumer<Effect.OfSupervisor> supervisor) {
        this.processes = processes;
        this.protocol = protocol;
        this.watch = watch;
        this.witness = witness;
        this.steering = steering;
        this.requests = requests;
        this.supervisor = supervisor;
    }

    /** Returns the one after which the supervisor performs nothing more; empty where it goes on. */
    Optional<Effect.Last> perform(Iterable<Effect> effects) {
        Optional<Effect.Last> last = Optional.empty();
        for (Effect effect : effects) {
            perform(effect);
            if (effect instanceof Effect.Last ends) {
                last = Optional.of(ends);
            }
        }
        return last;
    }

    private void perform(Effect effect) {
        if (effect instanceof Effect.OfProcess ofProcess) {
            processes.accept(ofProcess);
        } else if (effect instanceof Effect.OfProtocol ofProtocol) {
            protocol.accept(ofProtocol);
        } else if (effect instanceof Effect.OfWatch ofWatch) {
            watch.accept(ofWatch);
        } else if (effect instanceof Effect.OfWitness ofWitness) {
            witness.accept(ofWitness);
        } else if (effect instanceof Effect.OfSteering ofSteering) {
            steering.accept(ofSteering);
        } else if (effect instanceof Effect.OfRequest ofRequest) {
            requests.accept(ofRequest);
        } else if (effect instanceof Effect.OfSupervisor ofSupervisor) {
            supervisor.accept(ofSupervisor);
        } else {
            throw new IllegalArgumentException("no edge takes " + effect);
        }
    }
}
