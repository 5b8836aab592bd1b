package dev.handover.supervisor.lines;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NewestTest {
    private final Newest<String> newest = new Newest<>(10, String::length);

    private static List<String> rest(NewestReader<String> reader) {
        List<String> all = new ArrayList<>();
        for (Optional<String> next = reader.next(); next.isPresent(); next = reader.next()) {
            all.add(next.get());
        }
        return all;
    }

    private NewestReader<String> read(OptionalInt last) {
        return newest.read(text -> !text.equals("no"), last, () -> {});
    }

    @Test
    void whoReadsIsGivenWhatIsThereAndWhatComes() {
        newest.add("one");
        newest.add("no");
        NewestReader<String> all = read(OptionalInt.empty());
        NewestReader<String> last = read(OptionalInt.of(1));
        NewestReader<String> none = read(OptionalInt.of(0));
        newest.add("two");
        assertThat(rest(all)).containsExactly("one", "two");
        assertThat(rest(last)).as("an unwanted one does not count").containsExactly("one", "two");
        assertThat(rest(none)).containsExactly("two");
    }

    @Test
    void theOldestGoesAndWhoHasNotReadItIsToldHowMuchThatWas() {
        NewestReader<String> slow = read(OptionalInt.empty());
        for (int i = 0; i < 1000; i++) {
            newest.add("" + (100 + i % 10));
        }
        assertThat(rest(slow)).containsExactly("107", "108", "109");
        assertThat(slow.missed()).isEqualTo(997);
        assertThat(slow.missed()).isZero();
        assertThat(newest.forgotten()).isEqualTo(997);
        newest.add("longer than all that is kept");
        assertThat(newest.all()).containsExactly("longer than all that is kept");
    }

    @Test
    void itTellsOfWhatComesUntilItIsClosed() {
        AtomicInteger told = new AtomicInteger();
        NewestReader<String> reader = newest.read(text -> true, OptionalInt.empty(), told::incrementAndGet);
        newest.add("one");
        assertThat(told).hasValue(1);
        reader.close();
        newest.add("two");
        assertThat(told).hasValue(1);
    }
}
