package dev.handover.supervisor.terms;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How the log file of a service stands that a worker writes to.
 *
 * @param trouble why not all that is meant for it is there, or why it can't be rotated; empty where all is well
 */
public record LogStanding(Path file, Optional<String> trouble) {}
