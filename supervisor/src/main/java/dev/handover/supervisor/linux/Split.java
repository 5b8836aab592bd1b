package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.CanaryShare;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Percentage;
import dev.handover.supervisor.terms.ServiceName;
import java.net.InetAddress;

/**
 * Which clients go to a canary: as long as that is one, always the same for a client, and for a larger share these clients and
 * others. At the next generation's it is others, and at another service's too, so that not the same ones meet every new version.
 */
public record Split(ServiceName service, GenerationId canary, CanaryShare share) {
    /** So many numbers can a {@link ClientHash} be. */
    private static final long ALL = 1L << Integer.SIZE;

    /** Whether a client's connections go to the canary; of this the kernel's program is made, too. */
    public boolean leads(InetAddress client) {
        return Integer.toUnsignedLong(ClientHash.of(client, salt())) < limit()
                || share.clients().stream().anyMatch(range -> range.contains(client));
    }

    int salt() {
        return ClientHash.salt(service.value().hashCode(), canary.number());
    }

    /** Those with a lesser number are led to it. */
    long limit() {
        return ALL * share.others().hundredths() / Percentage.ALL;
    }

    boolean isOfAll() {
        return limit() == ALL;
    }
}
