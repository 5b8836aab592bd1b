package dev.handover.supervisor.terms;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EffectsTest {
    @Test
    void eachEffectBelongsToOneFamily() {
        List<Class<?>> families = Arrays.asList(Effect.class.getPermittedSubclasses());
        assertThat(families).allMatch(Class::isSealed, "a family");
        assertThat(EveryKind.of(Effect.class))
                .hasSizeGreaterThanOrEqualTo(23)
                .allSatisfy(effect -> assertThat(families.stream().filter(family -> family.isInstance(effect)))
                        .as(effect.toString())
                        .hasSize(1));
    }
}
