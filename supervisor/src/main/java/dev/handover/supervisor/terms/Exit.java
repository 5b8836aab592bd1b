package dev.handover.supervisor.terms;

/** How a process ended. */
public sealed interface Exit {
    /** @param code its exit code; where a signal ended it, 128 and the signal's number, as a shell says it */
    record Code(int code) implements Exit {
        @Override
        public String toString() {
            return "exited with " + code + (code > 128 ? " (128 + signal " + (code - 128) + ")" : "");
        }
    }

    /** How can't be known, since an earlier supervisor started it. */
    record Unknown() implements Exit {
        @Override
        public String toString() {
            return "ended";
        }
    }
}
