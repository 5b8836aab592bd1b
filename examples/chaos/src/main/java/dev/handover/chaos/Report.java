package dev.handover.chaos;

import dev.handover.chaos.link.LinkCounts;
import dev.handover.chaos.load.LoadResult;
import dev.handover.chaos.load.Outcome;
import dev.handover.chaos.reload.ReloadRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run found.
 *
 * @param link what the link carried, where there was one
 */
public record Report(
        LoadResult load,
        List<ReloadRecord> reloads,
        @Nullable LinkCounts link) {
    public Report {
        reloads = List.copyOf(reloads);
    }

    public long count(Outcome outcome) {
        return load.count(outcome);
    }

    public long dropped() {
        return load.dropped();
    }

    public boolean hasFailedReload() {
        return reloads.stream().anyMatch(ReloadRecord::hasFailed);
    }

    Report over(LinkCounts counts) {
        return new Report(load, reloads, counts);
    }
}
