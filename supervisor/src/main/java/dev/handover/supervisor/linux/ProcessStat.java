package dev.handover.supervisor.linux;

/**
 * A process as /proc/PID/stat shows it (proc(5)).
 *
 * @param command the program's short name, at most 15 bytes; the process may set it
 * @param state such as {@code R}, {@code S}, {@code T} (stopped) or {@code Z} (a zombie: ended, not yet waited for)
 * @param startTicks when it started, in clock ticks since boot: together with the pid, a process's identity
 * @param threads how many of them are left; a zombie may have others than the first, which is the one that the state is of
 */
public record ProcessStat(
        long pid, String command, char state, long parent, long group, long session, long startTicks, long threads) {
    /** Fields are counted from 1 as in proc(5); those after the name begin with the third. */
    private static final int FIRST_AFTER_NAME = 3;

    private static final int THREADS = 20;
    private static final int START_TICKS = 22;

    /**
     * Whether it runs: a zombie, or one that is just being removed, keeps its pid and its start, and does nothing more. Where only its
     * first thread has ended (pthread_exit(3) in main), the others serve on.
     */
    public boolean lives() {
        return threads > 1 || (state != 'Z' && state != 'X');
    }

    /** Whether its first thread computes, or waits for a CPU or a disk, and not for something to happen. */
    public boolean works() {
        return state == 'R' || state == 'D';
    }

    /** @throws IllegalArgumentException if it is not of that form */
    static ProcessStat parse(String line) {
        // The name may hold spaces and parentheses of its own: it ends at the last one.
        int open = line.indexOf('(');
        int close = line.lastIndexOf(')');
        // All processes' lines are read for many a question: no text is made of what is not asked for.
        int[] starts = new int[START_TICKS];
        int end = open < 1 || close < open ? -1 : close + 1;
        for (int field = FIRST_AFTER_NAME; field <= START_TICKS && end >= 0; field++) {
            starts[field - 1] = end + 1;
            end = line.indexOf(' ', end + 1);
        }
        if (end < 0) {
            throw new IllegalArgumentException("not a line of /proc/PID/stat: " + line);
        }
        return new ProcessStat(
                Long.parseLong(line.substring(0, open).trim()),
                line.substring(open + 1, close),
                line.charAt(starts[2]),
                number(line, starts[3]),
                number(line, starts[4]),
                number(line, starts[5]),
                number(line, starts[START_TICKS - 1]),
                number(line, starts[THREADS - 1]));
    }

    private static long number(String line, int from) {
        return Long.parseLong(line, from, line.indexOf(' ', from), 10);
    }
}
