package dev.handover.supervisor.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;

/** Nobody answers on a control socket. */
final class NotRunning extends Failure {
    static final String NO_SOCKET = "there is no such socket";

    static final String FOLDER = "it is a folder, and no socket";

    private static final long serialVersionUID = 1L;

    private final transient Path socket;
    private final String why;

    NotRunning(Path socket, String why) {
        super(
                ExitCode.SUPERVISOR_NOT_RUNNING,
                "no supervisor is running at " + socket + " (" + why + "); --socket names another place");
        this.socket = socket;
        this.why = why;
    }

    /** The same where nobody named the socket: with all places where one might have been, this one among them. */
    Failure among(List<Path> places) {
        if (places.size() < 2) {
            return this;
        }
        StringJoiner looked = new StringJoiner(", ");
        for (Path place : places) {
            looked.add(place + " (" + (place.equals(socket) ? why : ofAnother(place)) + ")");
        }
        return new Failure(
                ExitCode.SUPERVISOR_NOT_RUNNING,
                "no supervisor is running at any of the usual places: " + looked + "; --socket names another one");
    }

    private static String ofAnother(Path place) {
        return Files.notExists(place) ? NO_SOCKET : "not asked, as it is another user's or comes later";
    }
}
