package dev.handover.chaos.faults;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One thing asked of the supervisor, and the faults beside it. When it is over, all is set right and waited for.
 *
 * @param number from 1
 * @param pause between the requests of one that has several
 * @param requests how many reloads at once, where it is a storm
 */
record Round(int number, Move move, List<Blow> blows, Duration pause, int requests) {
    Round {
        blows = List.copyOf(blows);
    }

    @Override
    public String toString() {
        return "round " + number + ": " + move
                + blows.stream().map(blow -> "; " + blow).collect(Collectors.joining());
    }
}
