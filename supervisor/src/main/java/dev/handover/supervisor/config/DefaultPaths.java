package dev.handover.supervisor.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the control socket is when nobody says where. {@code supervisorctl} asks this class and nothing else of the
 * configuration, so it loads no library; and what it asks has no lambda, for a program's first one costs some 15 ms.
 */
public final class DefaultPaths {
    private static final String SOCKET = "control.sock";
    private static final Path TEMPORARY = Path.of("/tmp");
    private static final Path OF_THE_MACHINE = Path.of("/run/handover").resolve(SOCKET);

    private DefaultPaths() {}

    /**
     * The control socket that a supervisor makes: {@code $RUNTIME_DIRECTORY/control.sock} (systemd sets it), else
     * {@code $XDG_RUNTIME_DIR/handover/control.sock}, else {@code /tmp/handover-UID/control.sock}. Variables that are
     * not absolute paths count as absent, as the XDG specification wants.
     */
    public static Path control(Map<String, String> environment) {
        Optional<Path> ofTheUnit = runtimeDirectory(environment);
        return ofTheUnit.isPresent()
                ? ofTheUnit.get().resolve(SOCKET)
                : own(environment, TEMPORARY).get(0);
    }

    /**
     * The control socket that {@code supervisorctl} connects to: {@code $RUNTIME_DIRECTORY/control.sock} if the
     * variable is set; else the first that exists, or that this user may not look for, of
     * {@code $XDG_RUNTIME_DIR/handover/control.sock}, {@code /tmp/handover-UID/control.sock} (if this user owns the
     * folder) and {@code /run/handover/control.sock}, which is where systemd's unit puts it; else the first of these.
     * One's own supervisor comes before the machine's, which may well be in sight and out of reach.
     */
    public static Path controlToConnect(Map<String, String> environment) {
        return controlToConnect(environment, TEMPORARY, OF_THE_MACHINE);
    }

    /** Where {@link #controlToConnect} looks, in this order. */
    public static List<Path> placesToConnect(Map<String, String> environment) {
        Optional<Path> ofTheUnit = runtimeDirectory(environment);
        if (ofTheUnit.isPresent()) {
            return List.of(ofTheUnit.get().resolve(SOCKET));
        }
        List<Path> places = own(environment, TEMPORARY);
        places.add(OF_THE_MACHINE);
        return places;
    }

    static Path controlToConnect(Map<String, String> environment, Path temporary, Path ofTheMachine) {
        Optional<Path> ofTheUnit = runtimeDirectory(environment);
        if (ofTheUnit.isPresent()) {
            return ofTheUnit.get().resolve(SOCKET);
        }
        List<Path> candidates = own(environment, temporary);
        for (Path candidate : candidates) {
            if (!Files.notExists(candidate) && isOwned(folderOf(candidate))) {
                return candidate;
            }
        }
        // Not "exists": a folder that may not be entered is to end in "no permission", not in "not running".
        return Files.notExists(ofTheMachine) ? candidates.get(0) : ofTheMachine;
    }

    /** {@code $STATE_DIRECTORY} (systemd sets it), else the control socket's folder. */
    static Path state(Map<String, String> environment, Path control) {
        return firstOf(environment, "STATE_DIRECTORY").orElseGet(() -> folderOf(control));
    }

    private static Path folderOf(Path socket) {
        Path folder = socket.getParent();
        return folder == null ? Path.of("/") : folder;
    }

    private static Optional<Path> runtimeDirectory(Map<String, String> environment) {
        return firstOf(environment, "RUNTIME_DIRECTORY");
    }

    private static List<Path> own(Map<String, String> environment, Path temporary) {
        List<Path> candidates = new ArrayList<>();
        Optional<Path> ofTheUser = absolute(environment.getOrDefault("XDG_RUNTIME_DIR", ""));
        if (ofTheUser.isPresent()) {
            candidates.add(ofTheUser.get().resolve("handover").resolve(SOCKET));
        }
        candidates.add(temporary.resolve("handover-" + uid()).resolve(SOCKET));
        return candidates;
    }

    /** Anyone may make folders in /tmp: a socket in a folder of somebody else's is a trap. */
    private static boolean isOwned(Path folder) {
        try {
            return Files.getAttribute(folder, "unix:uid").equals(uid());
        } catch (IOException e) {
            return false;
        }
    }

    /** systemd separates several folders by ':'; the first is taken. */
    private static Optional<Path> firstOf(Map<String, String> environment, String variable) {
        return absolute(environment.getOrDefault(variable, "").split(":", 2)[0]);
    }

    private static Optional<Path> absolute(String path) {
        return path.startsWith("/") ? Optional.of(Path.of(path)) : Optional.empty();
    }

    /** The kernel shows it as the owner of /proc/self, so no native code is needed to ask. */
    private static Object uid() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new IllegalStateException("/proc/self cannot be read, so the user is unknown; is /proc mounted?", e);
        }
    }
}
