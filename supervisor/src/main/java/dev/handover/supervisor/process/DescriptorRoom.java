package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.linux.DescriptorLimit;
import dev.handover.supervisor.linux.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Room for the supervisor's own descriptors. It has several for each worker, and raises its limit once the one that it
 * was given gets short; workers get the one that it was given, on which a program may build (select(2), a table of that
 * many entries).
 */
final class DescriptorRoom {
    /** Raised when more than one in so many is used: workers open connections, and listeners are held, after a start. */
    private static final int SHARE = 4;

    private static final List<Path> PRLIMIT = List.of(Path.of("/usr/bin/prlimit"), Path.of("/bin/prlimit"));

    private final DescriptorLimit given;
    private final Consumer<String> warnings;
    private boolean raised;

    /** @param given the limit that this process was started with */
    DescriptorRoom(DescriptorLimit given, Consumer<String> warnings) {
        this.given = given;
        this.warnings = warnings;
    }

    /** Makes room where it gets short; to be called before each start. */
    void make() throws IOException {
        if (!raised
                && Long.compareUnsigned(given.soft(), given.hard()) < 0
                && DescriptorLimit.used() > Long.divideUnsigned(given.soft(), SHARE)) {
            new DescriptorLimit(given.hard(), given.hard()).set();
            raised = true;
            if (prlimit().isEmpty()) {
                warnings.accept("workers get " + given.hard() + " descriptors from now on and not " + given.soft()
                        + ", since the supervisor needs more itself and there is no program prlimit (util-linux)");
            }
        }
    }

    /** The same program, run with the limit that this process was given. */
    Program limited(Program program) {
        Optional<Path> prlimit = raised ? prlimit() : Optional.empty();
        return prlimit.map(through -> through(through, program)).orElse(program);
    }

    private Program through(Path prlimit, Program program) {
        List<CString> words = new ArrayList<>(List.of(
                CString.of("prlimit"),
                CString.of("--nofile=" + given),
                CString.of("--"),
                CString.of(program.file().toString())));
        words.addAll(program.words().subList(1, program.words().size()));
        return new Program(prlimit, words, program.environment(), program.directory(), program.out(), program.err());
    }

    private static Optional<Path> prlimit() {
        return PRLIMIT.stream().filter(Files::isExecutable).findFirst();
    }
}
