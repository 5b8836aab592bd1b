package dev.handover.supervisor.control;

import dev.handover.supervisor.chronicle.Chronicle;
import dev.handover.supervisor.chronicle.ChronicleFile;
import dev.handover.supervisor.config.ConfigurationFile;
import dev.handover.supervisor.config.Problem;
import dev.handover.supervisor.config.Sources;
import dev.handover.supervisor.doctor.Diagnosis;
import dev.handover.supervisor.process.RecentOutput;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.ProcessSettings;
import dev.handover.supervisor.terms.ReadyWhen;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RestartSpec;
import dev.handover.supervisor.terms.ReuseportBy;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SignalsTo;
import dev.handover.supervisor.terms.UpgradeReport;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what is submitted, for the test to answer. */
final class FakeDaemon implements Requests {
    record Submitted(Request request, Answers answers) {}

    static final Configuration CONFIGURATION = configuration();

    volatile ConfigurationFile.Result file = new ConfigurationFile.Valid(CONFIGURATION, List.of(), new Sources());
    volatile Optional<Request.Upgrade> installed = Optional.empty();
    volatile Optional<UpgradeReport> upgraded = Optional.empty();
    final Chronicle chronicle = new Chronicle(
            new ChronicleFile(Path.of("/dev/null/events"), warning -> {}), HappeningJson::of, warning -> {});
    private final BlockingQueue<Submitted> submitted = new LinkedBlockingQueue<>();

    /** The reloads that were asked for, and could not be. */
    final BlockingQueue<String> refused = new LinkedBlockingQueue<>();

    /** Whose clients have left. */
    final BlockingQueue<Answers> gone = new LinkedBlockingQueue<>();

    Submitted next() throws InterruptedException {
        return Optional.ofNullable(submitted.poll(60, TimeUnit.SECONDS))
                .orElseThrow(() -> new AssertionError("nothing was submitted"));
    }

    boolean isIdle() {
        return submitted.isEmpty();
    }

    @Override
    public Chronicle chronicle() {
        return chronicle;
    }

    final RecentOutput output = new RecentOutput();

    @Override
    public RecentOutput output() {
        return output;
    }

    @Override
    public Whereabouts whereOutputGoes(ServiceName service) {
        return new Whereabouts(Optional.of(Path.of("/var/log/web.log")), false);
    }

    void breakFile() {
        Path path = Path.of("web.toml");
        file = new ConfigurationFile.Invalid(
                List.of(new Problem(path, 3, 1, "a", "is wrong"), new Problem(path, 4, 1, "b", "is worse")),
                false,
                new Sources());
    }

    void exhaustDescriptors() {
        file = new ConfigurationFile.Invalid(
                List.of(new Problem(Path.of("web.toml"), 0, 0, "", "cannot be read: " + Why.NO_DESCRIPTORS)),
                true,
                new Sources());
    }

    @Override
    public String version() {
        return "1.2.3";
    }

    @Override
    public ConfigurationFile.Result readConfiguration() {
        return file;
    }

    @Override
    public Path file() {
        return Path.of("/etc/handover/handover.toml");
    }

    @Override
    public ConfigurationFile.Result lookAtConfiguration() {
        return file;
    }

    @Override
    public void refused(Optional<ServiceName> service, ConfigurationFile.Invalid invalid) {
        refused.add(service.map(ServiceName::value).orElse("all") + ": " + invalid.summary());
    }

    @Override
    public void upgrade(Answers answers) throws IOException {
        submit(
                installed.orElseThrow(() -> new IOException("the program that is installed now can't take over")),
                answers);
    }

    @Override
    public Optional<UpgradeReport> upgraded() {
        return upgraded;
    }

    @Override
    public Diagnosis examine(Configuration configuration) {
        return Samples.DIAGNOSIS;
    }

    @Override
    public void submit(Request request, Answers answers) {
        submitted.add(new Submitted(request, answers));
    }

    @Override
    public void gone(Answers answers) {
        gone.add(answers);
    }

    private static Configuration configuration() {
        ServiceName web = new ServiceName("web");
        Duration second = Duration.ofSeconds(1);
        ServiceSpec spec = new ServiceSpec(
                web,
                true,
                List.of(),
                List.of("true"),
                Path.of("/"),
                List.of(),
                Map.of(),
                ProcessSettings.INHERITED,
                List.of(),
                ReuseportBy.PROGRAM,
                1,
                ReadyWhen.NOTIFIED,
                second,
                new DrainBy.Protocol(),
                Signal.TERM,
                SignalsTo.MAIN,
                Moving.STEERED,
                second,
                Optional.empty(),
                Optional.empty(),
                2,
                Optional.empty(),
                second,
                second,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                RestartSpec.DEFAULT,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return new Configuration(Path.of("/run/c.sock"), Path.of("/run"), new TreeMap<>(Map.of(web, spec)));
    }
}
