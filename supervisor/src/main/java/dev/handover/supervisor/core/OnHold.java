package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.HoldStatus;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * That new connections to a service wait in the kernel: as long as whoever asked for it wants and is there, and no longer than was
 * said. Nothing of it outlives the supervisor, in whose hands alone it is.
 */
final class OnHold {
    private static final long NEVER = Long.MAX_VALUE;

    private enum Stage {
        /** New connections are to be made to wait. */
        BEGINNING,
        WAITING,
        /** They are to go on. */
        ENDING
    }

    private final ServiceName name;
    private @Nullable Hold hold;

    OnHold(ServiceName name) {
        this.name = name;
    }

    /** One hold, as somebody asked for it. */
    private static final class Hold {
        private final RequestId request;
        private final Request.Hold asked;
        /** Who is told of the end, too. */
        private final List<RequestId> enders = new ArrayList<>();

        private Stage stage = Stage.BEGINNING;
        private long began;
        private Instant since;
        private long deadline;
        private String end = "";

        Hold(RequestId request, Request.Hold asked, Turn turn) {
            this.request = request;
            this.asked = asked;
            this.began = turn.now();
            this.since = turn.wall();
            this.deadline = turn.now() + asked.most().toNanos();
        }
    }

    /** What is on, for people; empty where new connections go on. */
    Optional<String> on() {
        return Optional.ofNullable(hold)
                .map(one -> name + " is on hold, for " + Durations.text(one.asked.most()) + " at most, asked for by "
                        + one.asked.by());
    }

    boolean isOn() {
        return hold != null;
    }

    /** Since when new connections wait, and until when; empty where they don't. */
    Optional<HoldStatus> status() {
        return Optional.ofNullable(hold)
                .filter(one -> one.stage == Stage.WAITING)
                .map(one -> new HoldStatus(one.since, one.since.plus(one.asked.most()), one.asked.by()));
    }

    /** Has new connections wait; only where they don't. */
    void begin(RequestId request, Request.Hold asked, Turn turn) {
        hold = new Hold(request, asked, turn);
        turn.effect(new Effect.HoldOff(name, request));
    }

    /** Lets new connections go on, as was asked for; whoever asks is told when they do. Only while they wait. */
    void end(RequestId asking, String by, Turn turn) {
        if (hold != null) {
            hold.enders.add(asking);
            end("ended by " + by, turn);
        }
    }

    /** Lets new connections go on, if they wait. */
    void end(String why, Turn turn) {
        Hold one = hold;
        if (one != null && one.stage != Stage.ENDING) {
            one.stage = Stage.ENDING;
            one.end = why;
            one.deadline = turn.now() + Handover.STEERING_LIMIT.toNanos();
            turn.effect(new Effect.LetIn(name, one.request));
        }
    }

    /** Whoever asked for something is gone. */
    void callerLeft(RequestId request, Turn turn) {
        if (hold != null && hold.request.equals(request)) {
            end("whoever asked for it has gone", turn);
        }
    }

    void on(Event.OfHold event, Turn turn) {
        Hold one = hold;
        if (one == null || !one.request.equals(event.request())) {
            return;
        }
        if (event instanceof Event.PutOnHold) {
            begun(one, turn);
        } else if (event instanceof Event.NotPutOnHold not) {
            String why = name + " can't be put on hold: " + not.why() + "; nothing was changed";
            turn.about(name).warn(why);
            over(one, new Reply.Refused(Reply.Reason.FAILED, why), turn);
        } else if (event instanceof Event.TakenOffHold taken) {
            ended(one, taken, turn);
        }
    }

    private void begun(Hold one, Turn turn) {
        if (one.stage == Stage.BEGINNING) {
            one.stage = Stage.WAITING;
            one.began = turn.now();
            one.since = turn.wall();
            one.deadline = turn.now() + one.asked.most().toNanos();
            String text = on().orElseThrow();
            turn.about(name).info(What.HOLD_BEGAN, text + ": new connections wait in the kernel");
            turn.effect(new Effect.Accept(one.request, text));
        }
    }

    private void ended(Hold one, Event.TakenOffHold taken, Turn turn) {
        String why = taken.why().isEmpty() ? one.end : taken.why();
        Duration lasted = Duration.ofNanos(turn.now() - one.began);
        turn.about(name)
                .info(
                        What.HOLD_ENDED,
                        name + " is on hold no more, after " + Durations.text(lasted) + ": " + why + "; "
                                + taken.turnedAway() + " SYNs were dropped");
        over(one, new Reply.HoldEnded(name, lasted, why, taken.turnedAway()), turn);
    }

    private void over(Hold one, Reply reply, Turn turn) {
        hold = null;
        turn.effect(new Effect.Answer(one.request, reply));
        one.enders.forEach(ender -> turn.effect(new Effect.Answer(ender, reply)));
    }

    void onDeadline(Turn turn) {
        Hold one = hold;
        if (one == null || turn.now() < one.deadline) {
            return;
        }
        if (one.stage == Stage.ENDING) {
            String why = name + ": steering did not say within " + Durations.text(Handover.STEERING_LIMIT)
                    + " whether new connections go on";
            turn.about(name).error(why);
            over(one, new Reply.Refused(Reply.Reason.FAILED, why), turn);
        } else {
            end("its time of " + Durations.text(one.asked.most()) + " is over", turn);
        }
    }

    long nextDeadline() {
        return hold == null ? NEVER : hold.deadline;
    }
}
