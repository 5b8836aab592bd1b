package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.Account;
import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.linux.Program;
import dev.handover.supervisor.linux.ResourceLimit;
import dev.handover.supervisor.terms.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Runs programs with limits that are not the supervisor's. A limit is a process's and no thread's, so it is set by prlimit
 * (util-linux), which then becomes the program.
 */
final class Prlimit {
    private static final List<Path> PLACES = List.of(Path.of("/usr/bin/prlimit"), Path.of("/bin/prlimit"));

    private Prlimit() {}

    static boolean isThere() {
        return program().isPresent();
    }

    private static Optional<Path> program() {
        return PLACES.stream().filter(Files::isExecutable).findFirst();
    }

    /**
     * What a service asks for.
     *
     * @param account whose process sets them; empty for this one's user
     * @throws IOException if this process may not grant it, with a message for users
     */
    static Map<Resource, ResourceLimit> granted(Map<Resource, OptionalLong> asked, Optional<Account> account)
            throws IOException {
        Map<Resource, ResourceLimit> limits = new EnumMap<>(Resource.class);
        for (Map.Entry<Resource, OptionalLong> one : asked.entrySet()) {
            long limit = one.getValue().orElse(ResourceLimit.UNLIMITED);
            long hard = ResourceLimit.ofThisProcess(one.getKey()).hard();
            if (Long.compareUnsigned(limit, hard) > 0 && (account.isPresent() || !ResourceLimit.mayRaise())) {
                throw new IOException("limits." + one.getKey() + " = " + ResourceLimit.text(limit)
                        + " is above the supervisor's hard limit of " + ResourceLimit.text(hard)
                        + ", which this user may not raise; CAP_SYS_RESOURCE, or a higher one where the supervisor is"
                        + " started, allows it");
            }
            limits.put(one.getKey(), new ResourceLimit(limit, limit));
        }
        return limits;
    }

    /**
     * The same program, run with these limits. It is called by its path then.
     *
     * @throws IOException if it can't be, with a message for users
     */
    static Program through(Map<Resource, ResourceLimit> limits, Program program) throws IOException {
        if (limits.isEmpty()) {
            return program;
        }
        Path prlimit = program()
                .orElseThrow(() ->
                        new IOException("limits are set by the program prlimit (util-linux), which is not there"));
        requireRunnable(program.file());
        List<CString> words = new ArrayList<>(List.of(CString.of("prlimit")));
        limits.forEach((resource, limit) -> words.add(CString.of("--" + resource + "=" + limit)));
        words.add(CString.of("--"));
        words.add(CString.of(program.file().toString()));
        words.addAll(program.words().subList(1, program.words().size()));
        return program.as(prlimit, words);
    }

    /** What a program lacks is better said before prlimit finds it missing: then it is a start that failed. */
    private static void requireRunnable(Path file) throws IOException {
        if (Files.notExists(file)) {
            throw new IOException("there is no file " + file);
        }
        if (!Files.isRegularFile(file) || !Files.isExecutable(file)) {
            throw new IOException("this user may not execute " + file);
        }
    }
}
