package dev.handover.supervisor.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What is asked for.
 *
 * @param path without the query
 * @param query what is behind the {@code ?}; empty where there is nothing
 * @param accept the header {@code Accept}; empty where there is none
 * @param lastEventId the header {@code Last-Event-ID}; empty where there is none
 * @param headOnly whether nobody takes the body
 */
record Question(String path, String query, String accept, Optional<String> lastEventId, boolean headOnly) {
    /** What a browser asks for first. */
    static Question of(String target) {
        return of(target, "", Optional.empty(), false);
    }

    static Question of(String target, String accept, Optional<String> lastEventId, boolean headOnly) {
        int query = target.indexOf('?');
        return query < 0
                ? new Question(target, "", accept, lastEventId, headOnly)
                : new Question(target.substring(0, query), target.substring(query + 1), accept, lastEventId, headOnly);
    }

    /**
     * A value of the query.
     *
     * @return empty where the query does not have it
     */
    Optional<String> parameter(String name) {
        for (String pair : query.split("&")) {
            if (pair.startsWith(name + "=")) {
                try {
                    return Optional.of(URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8));
                } catch (IllegalArgumentException malformed) {
                    return Optional.of(pair.substring(name.length() + 1)); // as it stands
                }
            }
        }
        return Optional.empty();
    }
}
