package dev.handover.chaos.faults;

import java.util.ArrayList;
import java.util.List;

/** A round that is over, by the time since the run's begin. */
record RoundRecord(Round round, double beganAtSeconds, double endedAtSeconds, List<Answer> answers) {
    RoundRecord {
        answers = List.copyOf(answers);
    }

    /** What the supervisor should have answered otherwise: where no harm was done, that is known beforehand. */
    List<String> wrong() {
        List<String> wrong = new ArrayList<>();
        for (Answer answer : answers) {
            if (round.move().isToFail() && answer.end().equals("completed")) {
                wrong.add("round " + round.number() + ", " + round.move() + ": " + answer);
            }
        }
        if (round.blows().isEmpty() && !round.move().isToFail()) {
            for (Answer answer : answers) {
                if (answer.end().equals(Answer.UNANSWERED)) {
                    wrong.add("round " + round.number() + ", no fault beside it: " + answer);
                }
            }
            Answer decisive = answers.get(round.move().hasStandby() ? 1 : 0);
            if (round.move().isToComplete() && !(decisive.end().equals("completed") && decisive.isLossless())) {
                wrong.add("round " + round.number() + ", no fault beside it: " + decisive);
            }
            if (round.move() == Move.UPGRADE && !decisive.end().equals(Answer.DONE)) {
                wrong.add("round " + round.number() + ", no fault beside it: " + decisive);
            }
        }
        return wrong;
    }
}
