package dev.handover.supervisor.doctor;

import dev.handover.supervisor.config.Programs;
import dev.handover.supervisor.linux.Account;
import dev.handover.supervisor.linux.InterceptedProgram;
import dev.handover.supervisor.terms.ReuseportBy;
import dev.handover.supervisor.terms.ServiceSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What keeps a service's binds from being intercepted, and what that takes from its program. */
final class Interception {
    private Interception() {}

    /** @param obstacle what the kernel says against it */
    static List<Finding> findings(ServiceSpec spec, Optional<String> obstacle) {
        if (spec.reuseport() != ReuseportBy.INTERCEPT) {
            return List.of();
        }
        List<Finding> findings = new ArrayList<>();
        obstacle.map(why -> new Finding(
                        "its workers can't be started: " + why,
                        "reuseport = \"program\", or a supervisor where no other seccomp notifier is in place",
                        "grep Seccomp /proc/self/status"))
                .ifPresent(findings::add);
        file(spec).ifPresent(file -> trouble(file, spec).ifPresent(findings::add));
        return findings;
    }

    private static Optional<Finding> trouble(Path file, ServiceSpec spec) {
        try {
            Optional<String> user = spec.settings().user();
            Optional<Account> account = user.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Account.of(user.get(), spec.settings().group()));
            return InterceptedProgram.trouble(file, account)
                    .map(trouble -> new Finding(trouble.what(), trouble.remedy(), "stat " + file + "; getcap " + file));
        } catch (IOException unknown) {
            return Optional.empty(); // a finding of its own
        }
    }

    /** Empty where it can't be told before the start. */
    private static Optional<Path> file(ServiceSpec spec) {
        String word = spec.command().get(0);
        String path = Optional.ofNullable(spec.environment().get("PATH"))
                .or(() -> Optional.ofNullable(System.getenv("PATH")))
                .orElse(Programs.PATH_WHEN_UNSET);
        return word.contains("$") || path.contains("$")
                ? Optional.empty()
                : Programs.find(word, spec.directory(), path);
    }
}
