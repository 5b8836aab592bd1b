package dev.handover.supervisor.linux;

import java.io.IOException;

/** Starts programs whose binds are told of. */
public final class InterceptedStart {
    private InterceptedStart() {}

    /** @param notices of the program and of what it starts */
    public record Intercepted(long pid, BindNotices notices) {}

    /**
     * Starts a program, on a thread of its own: what intercepts it stays on the thread for good.
     *
     * @throws IOException if it can't be started so, with a message for users
     */
    public static Intercepted start(Program program) throws IOException {
        return Aside.call("intercepted-start", () -> startHere(program));
    }

    private static Intercepted startHere(Program program) throws IOException {
        BindNotices notices = BindNotices.ofThisThread();
        try {
            return new Intercepted(Launcher.startHere(program, notices.fd()), notices);
        } catch (IOException refused) {
            notices.close();
            throw refused;
        }
    }
}
