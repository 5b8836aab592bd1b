package dev.handover.supervisor.cli;

import dev.handover.supervisor.config.DefaultPaths;
import dev.handover.supervisor.control.Verb;
import dev.handover.supervisor.terms.CommandNames;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code supervisorctl}, from its arguments to its exit code. */
final class Supervisorctl {
    private final Map<String, String> environment;
    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;

    /** @param terminal whether {@code out} is one */
    Supervisorctl(Map<String, String> environment, PrintStream out, PrintStream err, boolean terminal) {
        this.environment = environment;
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    private static PrintWriter writerTo(PrintStream stream) {
        return new PrintWriter(stream, true, Charset.defaultCharset());
    }

    /** @return the exit code, never that of success where not all could be said */
    int run(String... arguments) {
        int code = understandAndCarryOut(arguments);
        if (!out.checkError()) { // which flushes
            return code;
        }
        boolean done = code == ExitCode.DONE.number();
        err.println(CommandNames.CTL + ": " + (done ? "done, but " : "")
                + "standard output took no more: there is no room, or nobody reads");
        err.flush();
        return done ? ExitCode.FAILED.number() : code;
    }

    private int understandAndCarryOut(String... arguments) {
        Invocation invocation = PlainArguments.read(arguments);
        if (invocation == null) {
            SupervisorctlCommand.Result result = SupervisorctlCommand.parse(writerTo(out), writerTo(err), arguments);
            if (result instanceof SupervisorctlCommand.Result.Ended ended) {
                return ended.exitCode();
            }
            invocation = ((SupervisorctlCommand.Result.Understood) result).invocation();
        }
        try {
            return invocation.command().isEmpty() ? carryOut(invocation).number() : holdAndRun(invocation);
        } catch (Failure failure) {
            tell(failure, invocation.json());
            return failure.code().number();
        }
    }

    /** Returns the exit code of the command that is run, or why it was not. */
    private int holdAndRun(Invocation invocation) throws Failure {
        try (SupervisorConnection connection = connect(invocation.socket())) {
            HoldRun run = new HoldRun(connection, invocation, out, err);
            Json refusal = run.begin();
            return refusal == null
                    ? run.awaitEnd()
                    : refused(refusal, invocation).number();
        }
    }

    private ExitCode carryOut(Invocation invocation) throws Failure {
        Path given = invocation.socket();
        if (invocation.verb() == Verb.VERSION) {
            return given == null ? version(invocation.json()) : version(invocation, given);
        }
        if (invocation.watch() != null) {
            return watch(invocation, invocation.watch());
        }
        if (invocation.verb() == Verb.EVENTS || invocation.verb() == Verb.LOGS) {
            return kept(invocation);
        }
        try (SupervisorConnection connection = connect(given)) {
            Conversation.Answer answer;
            try (Steps steps = steps(invocation)) {
                answer = new Conversation(connection).ask(invocation, steps);
            }
            if (invocation.json()) {
                out.println(answer.line());
            }
            Json result = answer.result();
            if (result == null) {
                return refused(answer.error(), invocation);
            }
            if (invocation.verb() == Verb.UPGRADE) {
                return upgraded(connection.socket(), result.field("upgrade"), invocation.json());
            }
            if (!invocation.json()) {
                out.print(text(invocation, result));
            }
            return switch (invocation.verb()) {
                case STATUS -> codeOf(result);
                case RELOAD -> result.flag("changes_anything") ? ExitCode.WOULD_CHANGE : ExitCode.DONE;
                case DOCTOR -> DoctorView.isWell(result) ? ExitCode.DONE : ExitCode.FAILED;
                default -> ExitCode.DONE;
            };
        }
    }

    private ExitCode watch(Invocation invocation, Duration pause) throws Failure {
        Conversation.Answer answer = new Watching(() -> connect(invocation.socket()), invocation, pause, out)
                .watch(terminal && !invocation.json());
        if (invocation.json() && answer.result() == null) {
            out.println(answer.line());
        }
        return answer.result() == null ? refused(answer.error(), invocation) : ExitCode.DONE;
    }

    /** What is kept, a line each as it comes. */
    private ExitCode kept(Invocation invocation) throws Failure {
        EventsView view = new EventsView(out, invocation.json());
        Conversation.Answer answer;
        if (invocation.follows()) {
            answer = new Following(() -> connect(invocation.socket()), view, out, err).follow(invocation);
        } else {
            try (SupervisorConnection connection = connect(invocation.socket())) {
                answer = new Conversation(connection).ask(invocation, view);
            }
        }
        if (invocation.json()) {
            out.println(answer.line());
        }
        Json result = answer.result();
        if (result == null) {
            return refused(answer.error(), invocation);
        }
        if (invocation.verb() == Verb.LOGS && !invocation.json()) {
            olderLines(result, view.shown(), invocation);
        }
        return ExitCode.DONE;
    }

    /** Where what is not shown may be; not said where as much is shown as was asked for. */
    private void olderLines(Json result, long shown, Invocation invocation) {
        Object last = invocation.fields().get("last");
        if (last instanceof Long asked && shown >= asked) {
            return;
        }
        String where = result.has("file")
                ? "in " + Texts.harmless(result.text("file")) + ", and what that was before"
                : result.flag("journal")
                        ? "in the journal: journalctl SERVICE=" + invocation.service()
                        : "where the supervisor's standard error goes";
        err.println(CommandNames.CTL + ": that is all that this supervisor has of it; older lines are " + where);
        err.flush();
    }

    private SupervisorConnection connect(@Nullable Path named) throws Failure {
        if (named != null) {
            return SupervisorConnection.open(named);
        }
        try {
            return SupervisorConnection.open(DefaultPaths.controlToConnect(environment));
        } catch (NotRunning there) {
            throw there.among(DefaultPaths.placesToConnect(environment));
        }
    }

    private Steps steps(Invocation invocation) {
        if (invocation.json()) {
            return new JsonSteps(out);
        }
        boolean lasts = !invocation.verb().isAnsweredAtOnce() && invocation.waits();
        if (terminal && lasts) {
            LiveSteps steps = new LiveSteps(out);
            steps.start();
            return steps;
        }
        return new PlainSteps(out);
    }

    private static String text(Invocation invocation, Json result) {
        if (result.has("accepted")) {
            return "accepted: "
                    + result.text("accepted").lines().map(Texts::harmless).collect(Collectors.joining("\n"))
                    + "\n";
        }
        return switch (invocation.verb()) {
            case STATUS -> StatusView.of(result);
            case HISTORY -> HistoryView.of(result);
            case EXPLAIN -> ExplainView.of(result);
            case DOCTOR -> DoctorView.of(result);
            case RELOAD, RESTART, SCALE, ROLLBACK -> result.has("plan") ? PlanView.of(result) : ReloadView.of(result);
            case PROMOTE, PAUSE, RESUME -> Texts.harmless(result.text("text")) + "\n";
            case HOLD -> HoldRun.text(result);
            case SIGNAL -> SignalView.of(result);
            case START -> invocation.service() + ": generation " + result.number("generation") + " serves\n";
            case STOP -> invocation.service() + ": stopped\n" + ReloadView.drainOf(result);
            case SHUTDOWN -> "every service is stopped; the supervisor has ended\n";
            case EVENTS, LOGS, UPGRADE, VERSION -> "";
        };
    }

    /** Waits for the supervisor that runs after an upgrade, and shows what that says of it. */
    private ExitCode upgraded(Path control, Json upgrade, boolean json) throws Failure {
        Conversation.Answer answer = new AfterUpgrade(control, upgrade).await();
        Json outcome = AfterUpgrade.of(answer);
        boolean completed = outcome.text("outcome").equals("completed");
        if (json) {
            out.println(answer.line());
        } else {
            (completed ? out : err).print(AfterUpgrade.text(outcome));
        }
        return completed ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static ExitCode codeOf(Json status) {
        for (Json service : status.objects("services")) {
            if (!service.text("state").equals("running")) {
                return ExitCode.SERVICE_NOT_RUNNING;
            }
        }
        return ExitCode.DONE;
    }

    /** What the supervisor did not do: its reasons on standard error, unless they went out as JSON. */
    private ExitCode refused(Json error, Invocation invocation) {
        String code = error.text("code");
        if (!invocation.json()) {
            String details = ReloadView.of(error);
            if (details.isEmpty()) {
                error.text("message")
                        .lines()
                        .forEach(line -> err.println(CommandNames.CTL + ": " + Texts.harmless(line)));
                if (code.equals("unknown-service") && "all".equals(invocation.service())) {
                    err.println(CommandNames.CTL + ": 'status' and 'reload' without a name concern every service;"
                            + " 'shutdown' stops every one");
                }
                if (code.equals("invalid-configuration")) {
                    err.println(CommandNames.CTL + ": the configuration is invalid; nothing was changed");
                }
            } else {
                err.print(details);
            }
            err.flush();
        }
        return switch (code) {
            case "unknown-service", "invalid-configuration", "bad-request" -> ExitCode.USAGE;
            case "forbidden" -> ExitCode.NO_PERMISSION;
            default -> ExitCode.FAILED;
        };
    }

    /** Without a look for a supervisor: the first Unix socket of a JVM takes longer than all the rest. */
    private ExitCode version(boolean json) {
        String own = Version.own();
        out.print(json ? versionJson(own, null) : CommandNames.CTL + " " + own + "\n");
        return ExitCode.DONE;
    }

    /** Prints this command's version at once, then the supervisor's if one answers; that none does is no failure. */
    private ExitCode version(Invocation invocation, Path socket) {
        String own = Version.own();
        if (!invocation.json()) {
            out.println(CommandNames.CTL + " " + own);
            out.flush();
        }
        Json daemon = null;
        String silence = "";
        try (SupervisorConnection connection = SupervisorConnection.open(socket)) {
            Conversation.Answer answer = new Conversation(connection).ask(invocation, new PlainSteps(out));
            daemon = answer.result();
            silence = answer.error().text("message");
        } catch (Failure failure) {
            silence = failure.message();
        }
        if (invocation.json()) {
            out.print(versionJson(own, daemon));
        } else if (daemon == null) {
            out.println(CommandNames.DAEMON + ": " + Texts.harmless(silence));
        } else {
            out.println(CommandNames.DAEMON + " " + Texts.harmless(daemon.text("version")) + ", running as pid "
                    + daemon.number("pid") + " at " + socket);
        }
        return ExitCode.DONE;
    }

    private static String versionJson(String own, @Nullable Json daemon) {
        Map<String, Object> versions = new LinkedHashMap<>();
        versions.put("supervisorctl", own);
        if (daemon != null) {
            versions.put("supervisord", daemon.text("version"));
            versions.put("pid", daemon.number("pid"));
        }
        return Json.line(versions);
    }

    private void tell(Failure failure, boolean json) {
        if (json) {
            out.print(Json.failure(failure.code(), failure.message()));
        } else {
            err.println(CommandNames.CTL + ": " + Texts.harmless(failure.message()));
            err.flush();
        }
    }
}
