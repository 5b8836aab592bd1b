package dev.handover.supervisor.terms;

import java.util.Collection;
import java.util.List;

/** Several things in one text for people. */
public final class Words {
    private Words() {}

    /** Such as {@code a}, {@code a and b}, {@code a, b and c}; empty for none. */
    public static String and(Collection<?> things) {
        List<String> words = things.stream().map(String::valueOf).toList();
        int last = words.size() - 1;
        return last < 1
                ? String.join("", words)
                : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
    }
}
