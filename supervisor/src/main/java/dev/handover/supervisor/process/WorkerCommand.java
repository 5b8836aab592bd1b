package dev.handover.supervisor.process;

import dev.handover.supervisor.config.Programs;
import dev.handover.supervisor.config.Template;
import dev.handover.supervisor.linux.Account;
import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.linux.Program;
import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.EnvironmentFile;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.QuicTag;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a worker's process is started with: its words and its environment. A command beside the workers has nobody to speak to. */
final class WorkerCommand {
    /** What it writes is read otherwise. */
    private static final Path NOWHERE = Path.of("/dev/null");

    private static final CString EQUALS = CString.of("=");

    private final WorkerId worker;
    private final ServiceSpec spec;

    WorkerCommand(WorkerId worker, ServiceSpec spec) {
        this.worker = worker;
        this.spec = spec;
    }

    /**
     * @param inherited the environment that it is added to
     * @param account whom it runs as; empty for this process's user
     * @param output where it writes to
     * @throws IOException if there is no such program or variable, or a file of variables could not be read with the
     *     configuration
     */
    Program program(
            Map<CString, CString> inherited,
            Optional<Account> account,
            Path workerSocket,
            Path notifySocket,
            Path output)
            throws IOException {
        requireFiles();
        return program(environment(inherited, account, workerSocket, notifySocket), account, output);
    }

    /**
     * A command that is about this worker, and none itself.
     *
     * @param variables added to the environment
     * @throws IOException as {@link #program}
     */
    Program aside(Map<CString, CString> inherited, Optional<Account> account, Map<String, String> variables)
            throws IOException {
        requireFiles();
        Map<CString, CString> environment = ofService(inherited, account);
        variables.forEach((name, value) -> put(name, value, environment));
        return program(environment, account, NOWHERE);
    }

    private void requireFiles() throws IOException {
        for (EnvironmentFile file : spec.environmentFiles()) {
            if (file.trouble().isPresent()) {
                throw new IOException(file.trouble().get() + "; " + CommandNames.CTL + " reload reads it again");
            }
        }
    }

    private Program program(Map<CString, CString> environment, Optional<Account> account, Path output)
            throws IOException {
        List<CString> words = new ArrayList<>();
        for (String word : spec.command()) {
            words.add(filled(word, environment, Template.OF_COMMAND));
        }
        List<CString> entries = new ArrayList<>();
        environment.forEach((name, value) -> entries.add(name.plus(EQUALS).plus(value)));
        return new Program(
                file(words.get(0).toString(), environment),
                words,
                entries,
                spec.directory(),
                output,
                output,
                spec.settings().umask(),
                spec.settings().nice(),
                account);
    }

    private Path file(String word, Map<CString, CString> environment) throws IOException {
        if (word.contains("/")) {
            return spec.directory().resolve(word);
        }
        CString path = environment.getOrDefault(CString.of("PATH"), CString.of(Programs.PATH_WHEN_UNSET));
        return Programs.find(word, spec.directory(), path.toString())
                .orElseThrow(() -> new IOException("there is no program '" + word + "' on PATH"));
    }

    private Map<CString, CString> ofService(Map<CString, CString> inherited, Optional<Account> account)
            throws IOException {
        Map<CString, CString> all = new LinkedHashMap<>(inherited);
        account.ifPresent(user -> {
            put("USER", user.name(), all);
            put("LOGNAME", user.name(), all);
            put("HOME", user.home(), all);
            put("SHELL", user.shell(), all);
        });
        put("PWD", spec.directory().toString(), all);
        spec.fromFiles().forEach((name, value) -> put(name, value, all));
        put("HANDOVER_SERVICE", worker.service().value(), all);
        put("HANDOVER_GENERATION", worker.generation().toString(), all);
        put("HANDOVER_WORKER", Integer.toString(worker.isWorker() ? worker.index() : 0), all);
        Map<CString, CString> before = Map.copyOf(all);
        for (Map.Entry<String, String> own : spec.environment().entrySet()) {
            all.put(CString.of(own.getKey()), filled(own.getValue(), before, Template.OF_ENVIRONMENT));
        }
        return all;
    }

    Map<CString, CString> environment(
            Map<CString, CString> inherited, Optional<Account> account, Path workerSocket, Path notifySocket)
            throws IOException {
        Map<CString, CString> all = ofService(inherited, account);
        if (!worker.isWorker()) {
            return all;
        }
        put("HANDOVER_SOCKET", workerSocket.toString(), all);
        put("NOTIFY_SOCKET", notifySocket.toString(), all);
        put(
                "HANDOVER_LISTEN",
                spec.listen().stream().map(ListenAddress::toString).collect(Collectors.joining(" ")),
                all);
        spec.quic().map(quic -> QuicTag.of(worker, quic)).ifPresent(tag -> {
            put("HANDOVER_QUIC_TAG", tag.hex(), all);
            put("HANDOVER_QUIC_TAG_OFFSET", Integer.toString(tag.offset()), all);
        });
        spec.heartbeatTimeout()
                .ifPresent(timeout -> put("WATCHDOG_USEC", Long.toString(timeout.toNanos() / 1000), all));
        return all;
    }

    private static void put(String name, String value, Map<CString, CString> all) {
        all.put(CString.of(name), CString.of(value));
    }

    /** Byte for byte, since what is inherited need not be UTF-8. */
    private static CString filled(String text, Map<CString, CString> variables, String where) throws IOException {
        try {
            return Template.of(text).filled(CString::of, name -> value(name, variables, where), CString::plus);
        } catch (IllegalArgumentException refused) {
            throw new IOException(refused.getMessage(), refused);
        }
    }

    private static CString value(String name, Map<CString, CString> variables, String where) {
        CString value = variables.get(CString.of(name));
        if (value == null) {
            throw new IllegalArgumentException(Template.unset(name, where));
        }
        return value;
    }
}
