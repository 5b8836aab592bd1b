package dev.handover.supervisor.doctor;

import java.nio.file.Path;

/**
 * Something that stands in the way, or that is good to know.
 *
 * @param text what was found
 * @param advice what one could change
 * @param command shows it in a shell
 */
public record Finding(String text, String advice, String command) {
    /** @param trouble what is the matter with it: {@code can't be written: …} */
    public static Finding ofLog(Path log, String trouble) {
        return new Finding(
                "its log " + log + " " + trouble,
                "let there be a folder with room that the supervisor's user may write to, or another 'file' in 'log'",
                "ls -ld " + log.resolveSibling("") + "; df " + log.resolveSibling(""));
    }
}
