package dev.handover.supervisor.terms;

import java.util.Optional;

/**
 * What a line of the log is about, for who looks for all lines about it.
 *
 * @param service empty where it is about the supervisor itself, and so are the others then
 * @param worker its number in the generation; empty where it is about all of it
 */
public record Subject(Optional<ServiceName> service, Optional<GenerationId> generation, Optional<Integer> worker) {
    public static final Subject SUPERVISOR = new Subject(Optional.empty(), Optional.empty(), Optional.empty());

    public static Subject of(ServiceName service) {
        return new Subject(Optional.of(service), Optional.empty(), Optional.empty());
    }

    public static Subject of(ServiceName service, GenerationId generation) {
        return new Subject(Optional.of(service), Optional.of(generation), Optional.empty());
    }

    public static Subject of(WorkerId worker) {
        return new Subject(
                Optional.of(worker.service()),
                Optional.of(worker.generation()),
                Optional.of(worker.index()).filter(number -> worker.isWorker()));
    }
}
