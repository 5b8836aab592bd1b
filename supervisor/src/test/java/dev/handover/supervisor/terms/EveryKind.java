package dev.handover.supervisor.terms;

import static java.util.Map.entry;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** One of each kind there is of something sealed, found by the kinds that are permitted: none can be left out by forgetting. */
public final class EveryKind {
    private static final ServiceName SERVICE = new ServiceName("web");
    private static final GenerationId GENERATION = new GenerationId(7);

    /** Nobody has this pid: it is beyond the kernel's highest. */
    private static final ProcessId GONE = new ProcessId(1L << 30, 1);

    private static final Map<Class<?>, Object> VALUES = Map.ofEntries(
            entry(WorkerId.class, new WorkerId(SERVICE, GENERATION, 1)),
            entry(ProcessId.class, GONE),
            entry(ServiceName.class, SERVICE),
            entry(Signal.class, Signal.TERM),
            entry(GenerationId.class, GENERATION),
            entry(RequestId.class, new RequestId(3)),
            entry(Duration.class, Duration.ofMillis(10)),
            entry(String.class, "text"),
            entry(boolean.class, true),
            entry(int.class, 1),
            entry(long.class, GONE.pid()),
            entry(List.class, List.of()),
            entry(Map.class, Map.of()),
            entry(Optional.class, Optional.empty()),
            entry(Memory.class, Memory.EMPTY),
            entry(Subject.class, Subject.SUPERVISOR),
            entry(Instant.class, Instant.EPOCH),
            entry(Reply.class, new Reply.ShutDown()),
            entry(ServiceSpec.class, spec()),
            entry(Answers.class, Answers.NONE),
            entry(MetricSpec.class, new MetricSpec(List.of("rate"), Duration.ofMillis(10), Duration.ofMillis(10), 1)),
            entry(WarmUpSpec.class, new WarmUpSpec(false, "/", 1, 1, Duration.ofMillis(10))),
            entry(
                    HealthSpec.class,
                    new HealthSpec(
                            new HealthSpec.Tcp(),
                            Duration.ofMillis(10),
                            Duration.ofMillis(10),
                            1,
                            HealthSpec.Then.RESTART)),
            entry(
                    Configuration.class,
                    new Configuration(Path.of("/control"), Path.of("/state"), new TreeMap<>(Map.of(SERVICE, spec())))));

    private EveryKind() {}

    /** One of each kind of a family. */
    public static <E> List<E> of(Class<E> family) {
        return kinds(family).map(kind -> family.cast(sample(kind))).toList();
    }

    /** What stands for one in all of them; a long is the pid of the process. */
    public static <V> V valueOf(Class<V> type) {
        return type.cast(sample(type));
    }

    private static Stream<Class<?>> kinds(Class<?> family) {
        return family.isSealed()
                ? Arrays.stream(family.getPermittedSubclasses()).flatMap(EveryKind::kinds)
                : Stream.of(family);
    }

    private static Object sample(Class<?> type) {
        if (VALUES.containsKey(type)) {
            return Objects.requireNonNull(VALUES.get(type));
        }
        if (type.isSealed()) {
            return sample(type.getPermittedSubclasses()[0]);
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        RecordComponent[] components = Objects.requireNonNull(type.getRecordComponents(), "no sample of " + type);
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types)
                    .newInstance(Arrays.stream(types).map(EveryKind::sample).toArray());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no sample of " + type, e);
        }
    }

    private static ServiceSpec spec() {
        return SpecDraft.service(SERVICE.value()).spec();
    }
}
