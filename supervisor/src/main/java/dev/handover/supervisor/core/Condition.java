package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.Report.Progress;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.ServiceName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is known of how a service fares beside what runs: since when it is up or down, and how its last reload ended. */
final class Condition {
    private final ServiceName name;
    private @Nullable ServiceState state;
    private @Nullable Instant since;
    private OptionalLong downSince = OptionalLong.empty();
    private @Nullable LastReload lastReload;
    /** The newest generation that a reload which has ended was about: one of older ones may end later. */
    private int newest;

    Condition(ServiceName name) {
        this.name = name;
    }

    /** Since when the service is in the state that it was last seen in. */
    Optional<Instant> since() {
        return Optional.ofNullable(since);
    }

    Optional<LastReload> lastReload() {
        return Optional.ofNullable(lastReload);
    }

    void lastReload(LastReload reload) {
        lastReload = reload;
        reload.to().ifPresent(to -> newest = Math.max(newest, to.number()));
    }

    /**
     * Takes note of the state at the end of a turn, and tells when a service goes down, and when it is up again.
     *
     * @param lack what it lacks if it is down
     * @param reason why it is in this state
     */
    void is(ServiceState next, String lack, String reason, Turn turn) {
        if (next == state) {
            return;
        }
        switch (next) {
            case DOWN -> {
                turn.about(name).error(What.SERVICE_DOWN, name + " is down, " + lack + ": " + reason);
                downSince = OptionalLong.of(downSince.orElse(turn.now()));
            }
            case RUNNING -> {
                downSince.ifPresent(then -> turn.about(name)
                        .info(
                                What.SERVICE_UP,
                                name + " is up; it was down for "
                                        + Durations.text(Duration.ofNanos(turn.now() - then))));
                downSince = OptionalLong.empty();
            }
            case STOPPING -> downSince = OptionalLong.empty();
            case STOPPED -> {
                downSince = OptionalLong.empty();
                turn.about(name).note(What.SERVICE_STOPPED, name + " is stopped");
            }
            case WAITING -> {} // it has not been up
            case STARTING -> {} // on its way up, if it was down
        }
        state = next;
        since = turn.wall();
    }

    /** Adds the verdict on what stood by to the reload that it stood by after; if another one is the last, to none. */
    Caller notingVerdict() {
        return new Caller() {
            @Override
            public Takeover takeover(ServiceName service) {
                return Takeover.NONE;
            }

            @Override
            public void progress(Progress progress, Turn turn) {}

            @Override
            public void ended(ReloadReport report, Turn turn) {
                LastReload last = lastReload;
                if (last != null
                        && last.to().equals(report.to())
                        && report.ledger().isPresent()) {
                    lastReload = withVerdict(last, report.ledger().get().verdict());
                }
                turn.note(report);
            }
        };
    }

    private static LastReload withVerdict(LastReload last, String verdict) {
        return new LastReload(
                last.at(), last.to(), last.outcome(), last.reason(), last.lastLines(), Optional.of(verdict));
    }

    /** The same of one that only moves new connections back, which is not counted as a reload. */
    Caller notingRollback(Caller caller) {
        return noting(caller, false);
    }

    /** Lets a caller know all that it would know, takes note of how it ends, and counts it. */
    Caller noting(Caller caller) {
        return noting(caller, true);
    }

    private Caller noting(Caller caller, boolean counted) {
        return new Caller() {
            @Override
            public Takeover takeover(ServiceName service) {
                return caller.takeover(service);
            }

            @Override
            public void progress(Progress progress, Turn turn) {
                caller.progress(progress, turn);
            }

            @Override
            public void ended(ReloadReport report, Turn turn) {
                int about = newestOf(report);
                if (about >= newest) {
                    newest = about;
                    lastReload = LastReload.of(report, turn.wall());
                }
                turn.note(report);
                if (counted) {
                    turn.count(name, Counting.reload(report));
                }
                caller.ended(report, turn);
            }
        };
    }

    /** A report about no generation is of what has just been asked for. */
    private int newestOf(ReloadReport report) {
        return Stream.concat(report.from().stream(), report.to().stream())
                .mapToInt(GenerationId::number)
                .max()
                .orElse(newest);
    }
}
