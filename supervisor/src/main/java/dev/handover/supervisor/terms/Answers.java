package dev.handover.supervisor.terms;

/**
 * Connections that came to one generation, and how many of them got no answer.
 *
 * @param clients who made them, as far as they are told apart
 * @param clientsUnanswered those of them with at least one connection that got none
 * @param ofWorst the connections of the one client that most got none, and how many of them
 */
public record Answers(Share all, long clients, long clientsUnanswered, Share ofWorst) {
    public static final Answers NONE = new Answers(new Share(0, 0), 0, 0, new Share(0, 0));

    /** So many of so many connections got no answer. */
    public record Share(long unanswered, long of) {
        public Share {
            if (unanswered < 0 || unanswered > of) {
                throw new IllegalArgumentException(unanswered + " of " + of + " connections");
            }
        }

        public Share without(Share some) {
            return new Share(unanswered - some.unanswered, of - some.of);
        }

        public Share and(boolean answered) {
            return new Share(answered ? unanswered : unanswered + 1, of + 1);
        }
    }
}
