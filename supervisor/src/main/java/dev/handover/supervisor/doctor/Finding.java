package dev.handover.supervisor.doctor;

/**
 * Something that stands in the way, or that is good to know.
 *
 * @param text what was found
 * @param advice what one could change
 * @param command shows it in a shell
 */
public record Finding(String text, String advice, String command) {}
