package dev.handover.bench;

import java.io.IOException;
import java.util.List;

/** Measures some figures. */
@FunctionalInterface
interface Bench {
    /**
     * @param runs how many times at least the thing is done that is measured; 0 for the usual number
     * @throws IOException if it can't be measured here, or what is measured failed
     */
    List<Figure> measure(int runs) throws IOException, InterruptedException;
}
