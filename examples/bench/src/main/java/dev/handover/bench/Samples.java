package dev.handover.bench;

import java.util.ArrayList;
import java.util.List;

/** What was measured again and again. */
final class Samples {
    private final List<Double> values = new ArrayList<>();

    Samples() {}

    Samples(List<Double> values) {
        this.values.addAll(values);
    }

    void add(double value) {
        values.add(value);
    }

    int count() {
        return values.size();
    }

    /** @throws IllegalStateException if nothing was measured */
    double median() {
        List<Double> sorted = sorted();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double least() {
        return sorted().get(0);
    }

    double most() {
        return sorted().get(values.size() - 1);
    }

    private List<Double> sorted() {
        if (values.isEmpty()) {
            throw new IllegalStateException("nothing was measured");
        }
        return values.stream().sorted().toList();
    }
}
