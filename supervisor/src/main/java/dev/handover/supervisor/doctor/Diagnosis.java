package dev.handover.supervisor.doctor;

import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.ServiceName;
import java.util.List;
import java.util.Optional;

/**
 * What handovers are to be expected.
 *
 * @param host what concerns every service
 * @param noLowStart why workers can't start at a lower share of the CPU; empty if they can
 * @param cgroups whether workers are kept in cgroups
 * @param services in the order of their names
 */
public record Diagnosis(List<Finding> host, Optional<String> noLowStart, Cgroups cgroups, List<OfService> services) {
    public Diagnosis {
        host = List.copyOf(host);
        services = List.copyOf(services);
    }

    /**
     * @param used whether each generation has one, so that nobody leaves it unseen
     * @param why not, or what is not counted in them; empty if all is
     */
    public record Cgroups(boolean used, Optional<String> why) {}

    /**
     * @param mode the best that its handovers can be
     * @param why why no better; empty when steered
     * @param asConfigured whether that is what its {@code handover} asks for
     */
    public record OfService(ServiceName service, Mode mode, String why, boolean asConfigured, List<Finding> findings) {
        public OfService {
            findings = List.copyOf(findings);
        }
    }
}
