package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.LinuxException;
import java.util.Collection;

/**
 * How many packets the listeners of one group have dropped while they were held, probes aside. What the network namespace's
 * counters say of all its sockets, this says of the group's. For one thread.
 */
final class Drops {
    private long ofThoseGone;

    /** It only grows. */
    long total(Collection<Member> held) {
        long sum = ofThoseGone;
        for (Member member : held) {
            sum += of(member);
        }
        return sum;
    }

    /** To be called before the member is let go of. */
    void leave(Member member) {
        ofThoseGone += of(member);
    }

    private long of(Member member) {
        try {
            return member.listener().dropped();
        } catch (LinuxException e) {
            ofThoseGone++; // Of what can't be asked it is not said that there was none.
            return 0;
        }
    }
}
