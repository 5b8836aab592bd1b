package dev.handover.supervisor.control;

import com.google.gson.JsonObject;
import dev.handover.supervisor.chronicle.Chronicle;
import dev.handover.supervisor.chronicle.ChronicleReader;
import dev.handover.supervisor.config.ConfigurationFile;
import dev.handover.supervisor.doctor.Diagnosis;
import dev.handover.supervisor.lines.Lines;
import dev.handover.supervisor.lines.Newest;
import dev.handover.supervisor.lines.NewestReader;
import dev.handover.supervisor.lines.Pace;
import dev.handover.supervisor.process.OutputLine;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.Progress;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.Request.CanaryDecision;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.UpgradeReport;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;

/** One client: its requests, each answered under its id, several at a time. */
final class ControlConnection {
    /** The longest request, in bytes, its newline included. */
    static final int LONGEST_LINE = 1 << 20;

    private static final int PROTOCOL_VERSION = 1;
    private static final Duration LAST_LINES = Duration.ofSeconds(5);

    private final Peer peer;
    private final Access access;
    private final Optional<Pace> pace;
    private final Requests requests;
    private final Outbox outbox;
    /** Of what lasts only as long as the client is there. */
    private final Set<Answers> whileThere = ConcurrentHashMap.newKeySet();

    /** @param pace how fast its lines are read, where that is limited */
    ControlConnection(Peer peer, Access access, Optional<Pace> pace, Requests requests, Outbox outbox) {
        this.peer = peer;
        this.access = access;
        this.pace = pace;
        this.requests = requests;
        this.outbox = outbox;
    }

    /** Returns when the client is gone, or has said its last and has had all its answers. */
    void serve() throws IOException, InterruptedException {
        try {
            readAll();
            endWhatLasts();
            outbox.awaitAnswers();
            outbox.finish(LAST_LINES);
        } finally {
            endWhatLasts();
            outbox.close();
        }
    }

    /** The client has said its last, or is gone. */
    private void endWhatLasts() {
        whileThere.forEach(requests::gone);
        whileThere.clear();
    }

    private void readAll() throws IOException {
        Lines lines = new Lines(peer.input(), LONGEST_LINE);
        try {
            for (byte[] line = lines.next(); line != null; line = lines.next()) {
                pace.ifPresent(limit -> LockSupport.parkNanos(limit.next(System.nanoTime())));
                take(line);
            }
        } catch (Lines.TooLong e) {
            outbox.add(AnswerLine.error(null, ErrorCode.BAD_REQUEST, e.getMessage() + "; the connection is closed"));
        }
    }

    private void take(byte[] line) {
        try {
            Call call = Call.parse(line);
            if (!access.allows(call.verb())) {
                throw new BadCall(
                        call.id(),
                        ErrorCode.FORBIDDEN,
                        "'" + call.verb().word() + "' is for root and the supervisor's own user; monitor-group may ask"
                                + " for 'status', 'events' and 'version'");
            }
            outbox.begin(call.id());
            carryOut(call);
        } catch (BadCall e) {
            outbox.add(e.answer());
        }
    }

    private void carryOut(Call call) {
        switch (call.verb()) {
            case VERSION ->
                outbox.end(
                        call.id(),
                        AnswerLine.result(
                                call.id(),
                                version(
                                        requests.version(),
                                        ProcessHandle.current().pid(),
                                        requests.upgraded())));
            case STATUS -> status(call);
            case HISTORY -> submit(call, new Request.History(call.service()));
            case EVENTS -> events(call);
            case LOGS -> logs(call);
            case EXPLAIN -> explain(call);
            case DOCTOR -> examine(call);
            case RELOAD -> reload(call);
            case RESTART -> submit(call, new Request.Restart(call.service().orElseThrow(), peer.toString()));
            case SCALE ->
                submit(
                        call,
                        new Request.Scale(
                                call.service().orElseThrow(), call.workers().orElseThrow(), peer.toString()));
            case PROMOTE -> decide(call, CanaryDecision.PROMOTE);
            case PAUSE -> decide(call, CanaryDecision.PAUSE);
            case RESUME -> decide(call, CanaryDecision.RESUME);
            case ROLLBACK -> submit(call, new Request.Rollback(call.service(), peer.toString()));
            case HOLD -> hold(call, call.hold().orElseThrow());
            case SIGNAL -> signal(call, call.signal().orElseThrow());
            case STOP -> submit(call, new Request.Stop(call.service().orElseThrow(), peer.toString()));
            case START ->
                submitRead(
                        call,
                        configuration ->
                                new Request.Start(configuration, call.service().orElseThrow(), peer.toString()));
            case UPGRADE -> upgrade(call);
            case SHUTDOWN -> submit(call, new Request.Shutdown());
        }
    }

    /** Without a word to the log, nor to who asks how the last reload was. */
    private void plan(Call call) {
        ConfigurationFile.Result file = requests.lookAtConfiguration();
        if (file instanceof ConfigurationFile.Valid valid) {
            submit(call, new Request.PlanReload(valid.configuration(), call.service()));
        } else if (file instanceof ConfigurationFile.Invalid invalid) {
            refuse(call, invalid);
        }
    }

    private void reload(Call call) {
        if (call.dryRun()) {
            plan(call);
        } else if (call.to().isPresent()) {
            submit(
                    call,
                    new Request.ReloadTo(
                            call.service().orElseThrow(),
                            call.to().get(),
                            call.canary(),
                            call.busy(),
                            peer.toString()));
        } else {
            submitRead(
                    call,
                    configuration -> new Request.Reload(
                            configuration, call.service(), call.canary(), call.busy(), peer.toString()));
        }
    }

    private void decide(Call call, CanaryDecision decision) {
        submit(call, new Request.DecideCanary(call.service(), decision, peer.toString()));
    }

    private void hold(Call call, HoldFields fields) {
        ServiceName service = call.service().orElseThrow();
        if (fields.max().isEmpty()) {
            submit(call, new Request.EndHold(service, peer.toString()));
            return;
        }
        Answers answers = answers(call, whileThere::remove);
        whileThere.add(answers);
        requests.submit(new Request.Hold(service, fields.max().get(), peer.toString()), answers);
    }

    private void signal(Call call, SignalFields fields) {
        submit(
                call,
                new Request.SendSignal(
                        call.service().orElseThrow(),
                        fields.signal(),
                        fields.worker(),
                        fields.generation(),
                        peer.toString()));
    }

    static JsonObject version(String own, long pid, Optional<UpgradeReport> upgraded) {
        JsonObject version = new JsonObject();
        version.addProperty("version", own);
        version.addProperty("pid", pid);
        version.addProperty("protocol", PROTOCOL_VERSION);
        upgraded.ifPresent(upgrade -> version.add("upgrade", ReportJson.upgrade(upgrade)));
        return version;
    }

    private void upgrade(Call call) {
        outbox.tell(call.id(), AnswerLine.accepted(call.id(), "the program that is installed now is tried"));
        try {
            requests.upgrade(answers(call));
        } catch (IOException refused) {
            String why = Why.of(refused) + "; nothing was changed";
            outbox.end(call.id(), AnswerLine.error(call.id(), ErrorCode.FAILED, why));
        }
    }

    /** What is, and what the configuration file as it is now would change. */
    private void status(Call call) {
        ConfigurationFile.Result file = requests.lookAtConfiguration();
        requests.submit(
                new Request.Status(call.service(), Results.usable(file)),
                Answers.atOnce(reply -> outbox.end(
                        call.id(),
                        reply instanceof Reply.Status status
                                ? AnswerLine.result(call.id(), mayBeSeen(Results.status(status, requests.file(), file)))
                                : AnswerLine.reply(call.id(), reply))));
    }

    private JsonObject mayBeSeen(JsonObject status) {
        return access == Access.ALL ? status : Results.withoutClients(status);
    }

    /** One who asks after a service that neither the core nor the chronicle knows has mistaken its name. */
    private void events(Call call) {
        if (call.service().isEmpty()
                || requests.chronicle().knows(call.service().get().value())) {
            tellEvents(call);
        } else {
            ifKnown(call, () -> tellEvents(call));
        }
    }

    private void tellEvents(Call call) {
        ChronicleReader reader = requests.chronicle().read(call.reading().selection(call.service()), outbox::wake);
        boolean all = access == Access.ALL;
        outbox.tell(
                call.id(),
                new Followed<>(
                        call.id(),
                        new Followed.From<>(reader::next, reader::missed, reader::close),
                        call.reading().follow(),
                        entry -> all ? entry.json() : HappeningJson.forMonitors(entry.json()),
                        JsonObject::new));
    }

    private void explain(Call call) {
        Chronicle chronicle = requests.chronicle();
        Collection<String> services = call.service()
                .map(ServiceName::value)
                .<Collection<String>>map(List::of)
                .orElseGet(chronicle::services);
        Runnable tell = () -> outbox.end(call.id(), AnswerLine.result(call.id(), StoryJson.of(services, chronicle)));
        if (services.stream().allMatch(chronicle::knows)) {
            tell.run();
        } else {
            ifKnown(call, tell);
        }
    }

    private void logs(Call call) {
        ServiceName service = call.service().orElseThrow();
        if (requests.output().knows(service)) {
            tellOutput(service, call);
        } else {
            ifKnown(call, () -> tellOutput(service, call));
        }
    }

    private void tellOutput(ServiceName service, Call call) {
        Newest<OutputLine> output = requests.output().of(service);
        NewestReader<OutputLine> reader =
                output.read(call.reading().lines(), call.reading().last(), outbox::wake);
        outbox.tell(
                call.id(),
                new Followed<>(
                        call.id(),
                        new Followed.From<>(reader::next, reader::missed, reader::close),
                        call.reading().follow(),
                        OutputJson::of,
                        () -> OutputJson.of(requests.whereOutputGoes(service), output.forgotten())));
    }

    /** Goes on where the core knows the service that is named; else says that there is none. */
    private void ifKnown(Call call, Runnable then) {
        requests.submit(new Request.History(call.service()), Answers.atOnce(reply -> {
            if (reply instanceof Reply.Refused) {
                outbox.end(call.id(), AnswerLine.reply(call.id(), reply));
            } else {
                then.run();
            }
        }));
    }

    /** What is to be expected of the configuration file as it is now, beside what is. */
    private void examine(Call call) {
        Optional<Configuration> configuration = readConfiguration(call);
        if (configuration.isPresent()) {
            Diagnosis diagnosis = requests.examine(configuration.get());
            requests.submit(new Request.Status(Optional.empty(), Optional.empty()), Answers.atOnce(reply -> {
                JsonObject found = reply instanceof Reply.Status status
                        ? DiagnosisJson.of(diagnosis, status)
                        : DiagnosisJson.of(diagnosis);
                outbox.end(call.id(), AnswerLine.result(call.id(), found));
            }));
        }
    }

    /** Submits what comes of the configuration file as it is now. */
    private void submitRead(Call call, Function<Configuration, Request> request) {
        readConfiguration(call).ifPresent(configuration -> submit(call, request.apply(configuration)));
    }

    /** Empty if it is invalid; the caller has been told, then. */
    private Optional<Configuration> readConfiguration(Call call) {
        ConfigurationFile.Result result = requests.readConfiguration();
        if (result instanceof ConfigurationFile.Valid valid) {
            return Optional.of(valid.configuration());
        }
        if (result instanceof ConfigurationFile.Invalid invalid) {
            if (call.verb() == Verb.RELOAD) {
                requests.refused(call.service(), invalid);
            }
            refuse(call, invalid);
        }
        return Optional.empty();
    }

    private void refuse(Call call, ConfigurationFile.Invalid invalid) {
        outbox.end(
                call.id(),
                invalid.unread()
                        ? AnswerLine.error(
                                call.id(),
                                ErrorCode.FAILED,
                                invalid.text() + "\n" + invalid.verdict() + "; nothing was changed")
                        : AnswerLine.error(call.id(), ErrorCode.INVALID_CONFIGURATION, invalid.text()));
    }

    private void submit(Call call, Request request) {
        requests.submit(request, answers(call));
    }

    private Answers answers(Call call) {
        return answers(call, answers -> {});
    }

    /** @param ended what is done first when they have had their end */
    private Answers answers(Call call, Consumer<Answers> ended) {
        String id = call.id();
        return new Answers() {
            @Override
            public void accepted(String text) {
                if (call.waits()) {
                    outbox.tell(id, AnswerLine.accepted(id, text));
                } else {
                    outbox.end(id, AnswerLine.acceptedResult(id, text));
                }
            }

            @Override
            public void progress(Progress progress) {
                outbox.tell(id, AnswerLine.progress(id, progress));
            }

            @Override
            public void end(Reply reply) {
                ended.accept(this);
                outbox.end(id, AnswerLine.reply(id, reply));
            }
        };
    }
}
