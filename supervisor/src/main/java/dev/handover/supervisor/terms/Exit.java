package dev.handover.supervisor.terms;

/** How a process ended. */
public sealed interface Exit {
    /** It ended by itself. */
    record Code(int code) implements Exit {
        /** Above 128 it is most often a shell's word for the signal that ended the program that it ran. */
        @Override
        public String toString() {
            return "exited with " + code + (code > 128 ? " (128 + signal " + (code - 128) + ")" : "");
        }
    }

    /**
     * A signal ended it.
     *
     * @param signal its name, such as {@code SIGSEGV}
     * @param dumped whether its memory was written to a core file
     */
    record Killed(String signal, boolean dumped) implements Exit {
        @Override
        public String toString() {
            return "was killed by " + signal + (dumped ? " (core dumped)" : "");
        }
    }

    /**
     * The kernel ended it, since memory was short.
     *
     * @param killed what that looks like
     * @param limit which limit it was under, for people
     */
    record OutOfMemory(Killed killed, String limit) implements Exit {
        @Override
        public String toString() {
            return killed + " by the kernel for want of memory (" + limit + ")";
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
