package dev.handover.supervisor.daemon;

import dev.handover.supervisor.chronicle.Chronicle;
import dev.handover.supervisor.config.ConfigurationFile;
import dev.handover.supervisor.control.Answers;
import dev.handover.supervisor.control.Requests;
import dev.handover.supervisor.doctor.Diagnosis;
import dev.handover.supervisor.doctor.Doctor;
import dev.handover.supervisor.process.RecentOutput;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.UpgradeReport;
import dev.handover.supervisor.upgrade.Upgrades;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where requests come in, whoever makes them: the configuration as its file says now, and the way to the core. */
final class Door implements Requests {
    private final Path file;
    private final Map<String, String> environment;
    private final String version;
    private final Pending pending;
    private final Consumer<Event> inbox;
    private final FileLook look;
    private final Log log;
    private volatile @Nullable Upgrades upgrades;
    private volatile @Nullable UpgradeReport upgraded;
    private volatile @Nullable Kept kept;

    /** What is kept for those who read it. */
    private record Kept(Chronicle chronicle, RecentOutput output, Function<ServiceName, Whereabouts> where) {}

    Door(Path file, Map<String, String> environment, String version, Pending pending, Consumer<Event> inbox, Log log) {
        this.file = file;
        this.environment = environment;
        this.version = version;
        this.pending = pending;
        this.inbox = inbox;
        this.look = new FileLook(file, environment);
        this.log = log;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public ConfigurationFile.Result readConfiguration() {
        ConfigurationFile.Result result = ConfigurationFile.read(file, environment);
        if (result instanceof ConfigurationFile.Valid valid) {
            valid.problems().forEach(problem -> log.warn(problem + "; nothing else is concerned"));
        }
        return result;
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public ConfigurationFile.Result lookAtConfiguration() {
        return look.look();
    }

    @Override
    public void refused(Optional<ServiceName> service, ConfigurationFile.Invalid invalid) {
        inbox.accept(
                new Event.ReloadRefused(service, invalid.verdict() + ", nothing was changed: " + invalid.summary()));
    }

    /** These are read here; nobody asks before. */
    void reads(Chronicle chronicle, RecentOutput output, Function<ServiceName, Whereabouts> where) {
        kept = new Kept(chronicle, output, where);
    }

    private Kept kept() {
        return Objects.requireNonNull(kept, "the control socket comes later");
    }

    @Override
    public Chronicle chronicle() {
        return kept().chronicle();
    }

    @Override
    public RecentOutput output() {
        return kept().output();
    }

    @Override
    public Whereabouts whereOutputGoes(ServiceName service) {
        return kept().where().apply(service);
    }

    /** By this upgrades are tried; there is none before. */
    void upgradeBy(Upgrades how) {
        upgrades = how;
    }

    /** What this supervisor is the outcome of. */
    void upgraded(UpgradeReport report) {
        upgraded = report;
    }

    @Override
    public void upgrade(Answers answers) throws IOException {
        Upgrades how = Objects.requireNonNull(upgrades, "the control socket comes later");
        pending.submit(how.tryNext(), Answers.atOnce(reply -> {
            if (!(reply instanceof Reply.Upgrading)) {
                how.giveUp();
            }
            answers.end(reply);
        }));
    }

    @Override
    public Optional<UpgradeReport> upgraded() {
        return Optional.ofNullable(upgraded);
    }

    @Override
    public Diagnosis examine(Configuration configuration) {
        return Doctor.examine(configuration);
    }

    @Override
    public void submit(Request request, Answers answers) {
        pending.submit(request, answers);
    }

    @Override
    public void gone(Answers answers) {
        pending.gone(answers);
    }
}
