package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LastLinesTest {
    private final LastLines last = new LastLines();

    @Test
    void ofAStackTraceTheCausesAreKept() {
        last.add("java.lang.IllegalStateException: no");
        for (int i = 0; i < 40; i++) {
            last.add("    at org.example.Some.method(Some.java:" + i + ")");
        }
        last.add("Caused by: java.net.BindException: Address already in use");
        last.add("    at org.example.Other.method(Other.java:1)");
        last.add("    ... 40 more");
        assertThat(last.all())
                .containsExactly(
                        "java.lang.IllegalStateException: no",
                        "    (40 frames)",
                        "Caused by: java.net.BindException: Address already in use",
                        "    (2 frames)");
    }

    @Test
    void theLastTwentyAreKept() {
        for (int i = 1; i <= 30; i++) {
            last.add("line " + i);
        }
        assertThat(last.all()).hasSize(20).startsWith("line 11").endsWith("line 30");
    }
}
