package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.Choice;
import dev.handover.supervisor.linux.Claim;
import dev.handover.supervisor.linux.InterceptedProgram;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.Signature;
import dev.handover.supervisor.linux.Unreached;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is set as the program of one reuseport group, and the right to set it.
 *
 * <p>For one thread.
 */
final class GroupProgram implements AutoCloseable {
    private final ListenAddress address;
    private final Kernel kernel;
    private int timesSet;
    /** Whether packets may be under way that an older program leads. */
    private boolean isFresh;

    private @Nullable Signature signature;
    /** Why a program of TCP's bears none; empty if it does. */
    private String unsigned = "";

    private @Nullable Claim claim;

    GroupProgram(ListenAddress address, Kernel kernel) {
        this.address = address;
        this.kernel = kernel;
    }

    /**
     * Says that the group is steered from here, until this is closed.
     *
     * @throws Claim.Taken if another supervisor steers it
     */
    void claim() throws IOException {
        if (claim == null) {
            claim = kernel.claim(address).orElse(null);
        }
    }

    /**
     * One setsockopt: what comes from when it returns is led by this.
     *
     * @param any of the group's members
     * @throws Claim.Taken if another supervisor steers the group
     */
    void set(Member any, Choice choice) throws IOException {
        claim();
        timesSet++;
        try {
            Optional<Signature> mine = signature();
            if (mine.isPresent()) {
                mine.get().steer(any.listener(), choice);
            } else {
                any.listener().steer(choice);
            }
            isFresh = true;
        } catch (LinuxException e) {
            if (e.errno().equals("EINVAL")) {
                throw new IOException(
                        any
                                + " is in no group: it was opened without SO_REUSEPORT, so no second generation can listen there; "
                                + withReuseport(any),
                        e);
            }
            throw e;
        }
    }

    /** What to do for a listener that was opened without it. */
    private static String withReuseport(Member member) {
        return InterceptedProgram.unseen(member.owner().pid())
                .map(why -> "reuseport = \"intercept\" did not see its bind, as " + why
                        + ", or let it set that itself before it binds")
                .orElse("let the program set that before it binds, or set reuseport = \"intercept\"");
    }

    /** It was set by whoever asked the kernel where members stand. */
    void wasSet(int times) {
        timesSet += times;
        isFresh |= times > 0;
    }

    /** How often it has been set since this was last asked. */
    int takeTimesSet() {
        int times = timesSet;
        timesSet = 0;
        return times;
    }

    /**
     * What the programs that are set here bear. UDP's don't: they are run for each datagram. Nor do those of a group that no
     * packet of this host reaches, as long as that is so.
     */
    Optional<Signature> signature() throws IOException {
        if (signature == null && address.transport() == Transport.TCP) {
            try {
                signature = kernel.signature(address);
                unsigned = "";
            } catch (Unreached e) {
                unsigned = Why.of(e);
            }
        }
        return Optional.ofNullable(signature);
    }

    /** Why whether another's is in force can't be told; empty if it can, or if none of this group's ever does. */
    String unsigned() {
        return unsigned;
    }

    /** Its packets don't reach the group any more; the next program bears another, if there is one whose do. */
    void outOfReach(Unreached why) {
        unsigned = Why.of(why);
        if (signature != null) {
            signature.close();
            signature = null;
        }
    }

    /** The same, where one has been set. */
    Optional<Signature> signatureInUse() {
        return Optional.ofNullable(signature);
    }

    /**
     * A packet that the kernel was at when the program was set may still be led by the one before, whose places are about to
     * change: where its index is the group's no more, the hash over all members leads it to one that leaves.
     */
    void awaitOlderPackets() {
        if (isFresh) {
            try {
                kernel.barrier().await();
            } catch (IOException untold) {
                // Rarely there is one, and a SYN that is dropped so is sent again in a second.
            }
            isFresh = false;
        }
    }

    /** Nobody of the group is held any more. It may be set again. */
    @Override
    public void close() {
        if (signature != null) {
            signature.close();
            signature = null;
        }
        if (claim != null) {
            claim.close();
            claim = null;
        }
    }
}
