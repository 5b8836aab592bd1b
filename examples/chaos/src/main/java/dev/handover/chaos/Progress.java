package dev.handover.chaos;

import dev.handover.chaos.reload.ReloadRecord;
import java.util.Locale;

/** What is said on standard error while a load runs. */
final class Progress {
    private Progress() {}

    static void say(ReloadRecord reload) {
        System.err.println(describe(reload));
        if (reload.hasFailed()) {
            reload.lastLines().forEach(line -> System.err.println("  | " + line));
        }
    }

    static String describe(ReloadRecord reload) {
        String end = reload.timedOut() ? "killed, as it took too long:" : "exit " + reload.exitCode() + " after";
        return String.format(
                Locale.ROOT,
                "reload %d at %.1f s: %s %.2f s",
                reload.number(),
                reload.atSeconds(),
                end,
                reload.seconds());
    }
}
