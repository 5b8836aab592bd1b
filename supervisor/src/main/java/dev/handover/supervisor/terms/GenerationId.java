package dev.handover.supervisor.terms;

/** A generation's number within its service: from 1, never reused, not even after the supervisor was restarted. */
public record GenerationId(int number) implements Comparable<GenerationId> {
    public GenerationId {
        if (number < 1) {
            throw new IllegalArgumentException("generations are numbered from 1, not " + number);
        }
    }

    public GenerationId next() {
        return new GenerationId(Math.addExact(number, 1));
    }

    @Override
    public int compareTo(GenerationId other) {
        return Integer.compare(number, other.number);
    }

    @Override
    public String toString() {
        return Integer.toString(number);
    }
}
