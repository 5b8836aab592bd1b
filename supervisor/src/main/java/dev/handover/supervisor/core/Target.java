package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.CanarySpec;
import dev.handover.supervisor.terms.IfBusy;
import dev.handover.supervisor.terms.ServiceSpec;
import java.util.Optional;

/**
 * What a service is to come to.
 *
 * @param canary what the new generation is tried on before all clients are moved to it
 * @param busy what becomes of it where the service is being handed over already
 * @param undoes why the generation that serves now counts as good no more when it has been left; empty if it does
 */
record Target(ServiceSpec spec, Optional<CanarySpec> canary, IfBusy busy, String undoes) {
    /** With nothing that it could be handed over from. */
    static Target first(ServiceSpec spec) {
        return new Target(spec, Optional.empty(), IfBusy.WAIT, "");
    }
}
