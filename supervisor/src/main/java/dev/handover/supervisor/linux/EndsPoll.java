package dev.handover.supervisor.linux;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Lets one thread wait for the ends of sockets, for a time, or for another thread's word, whichever comes first. */
public final class EndsPoll implements AutoCloseable {
    private final WakeUp wakeUp;

    public EndsPoll() throws LinuxException {
        wakeUp = new WakeUp("the witness");
    }

    /** Ends the wait that is under way, or the next one. */
    public void wake() {
        wakeUp.signal();
    }

    /** @param millis the longest wait; negative for no limit */
    public void await(Collection<SocketEnds> ends, int millis) throws LinuxException {
        List<Fd> descriptors = new ArrayList<>();
        descriptors.add(wakeUp.fd());
        ends.forEach(one -> descriptors.add(one.fd()));
        new Poll(descriptors).await(millis < 0 ? Abi.INFINITE : millis);
        wakeUp.reset();
    }

    @Override
    public void close() {
        wakeUp.close();
    }
}
