package dev.handover.supervisor.terms;

import static java.util.Map.entry;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** One effect of each kind there is, found by the kinds that are permitted: none can be left out by forgetting. */
public final class EveryEffect {
    private static final ServiceName SERVICE = new ServiceName("web");
    private static final GenerationId GENERATION = new GenerationId(7);

    /** Nobody has this pid: it is beyond the kernel's highest. */
    private static final ProcessId GONE = new ProcessId(1L << 30, 1);

    private static final Map<Class<?>, Object> VALUES = Map.ofEntries(
            entry(WorkerId.class, new WorkerId(SERVICE, GENERATION, 1)),
            entry(ProcessId.class, GONE),
            entry(ServiceName.class, SERVICE),
            entry(GenerationId.class, GENERATION),
            entry(RequestId.class, new RequestId(3)),
            entry(Duration.class, Duration.ofMillis(10)),
            entry(String.class, "text"),
            entry(boolean.class, true),
            entry(List.class, List.of()),
            entry(Map.class, Map.of()),
            entry(Optional.class, Optional.empty()),
            entry(Memory.class, Memory.EMPTY),
            entry(Reply.class, new Reply.ShutDown()),
            entry(ServiceSpec.class, spec()));

    private EveryEffect() {}

    /** One of each kind of a family, or of all. */
    public static <E extends Effect> List<E> of(Class<E> family) {
        return kinds(family).map(kind -> family.cast(sample(kind))).toList();
    }

    static Stream<Class<?>> kinds(Class<?> family) {
        return family.isSealed()
                ? Arrays.stream(family.getPermittedSubclasses()).flatMap(EveryEffect::kinds)
                : Stream.of(family);
    }

    private static Object sample(Class<?> type) {
        if (VALUES.containsKey(type)) {
            return Objects.requireNonNull(VALUES.get(type));
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        RecordComponent[] components = Objects.requireNonNull(type.getRecordComponents(), "no sample of " + type);
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types)
                    .newInstance(Arrays.stream(types).map(EveryEffect::sample).toArray());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no sample of " + type, e);
        }
    }

    private static ServiceSpec spec() {
        return new ServiceSpec(
                SERVICE,
                List.of("/bin/true"),
                Path.of("/"),
                Map.of(),
                List.of(),
                1,
                ReadyWhen.NOTIFIED,
                Duration.ofSeconds(1),
                new DrainBy.Protocol(),
                Signal.TERM,
                Moving.STEERED,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Optional.empty());
    }
}
