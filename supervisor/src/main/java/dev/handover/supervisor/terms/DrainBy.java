package dev.handover.supervisor.terms;

import java.util.LinkedHashMap;
import java.util.Map;

/** How a worker is told to drain: to stop accepting, to finish what it accepted, and to exit. */
public sealed interface DrainBy {
    /** All there are, by the text that stands for each. */
    static Map<String, DrainBy> all() {
        Map<String, DrainBy> all = new LinkedHashMap<>();
        all.put("protocol", new Protocol());
        all.put("idle", new Idle());
        Signal.FOR_DRAIN.forEach(signal -> all.put(signal.toString(), new BySignal(signal)));
        return all;
    }

    /** The worker protocol's DRAIN. */
    record Protocol() implements DrainBy {
        @Override
        public String toString() {
            return "protocol";
        }
    }

    /** A signal, for programs that don't speak the protocol. */
    record BySignal(Signal signal) implements DrainBy {
        @Override
        public String toString() {
            return signal.toString();
        }
    }

    /**
     * Nothing: for programs that don't know how to drain. Steered away from, such a worker gets no new connections; it
     * is ended when none of its own is left.
     */
    record Idle() implements DrainBy {
        @Override
        public String toString() {
            return "idle";
        }
    }
}
