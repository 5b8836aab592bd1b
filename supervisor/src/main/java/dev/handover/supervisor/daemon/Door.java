package dev.handover.supervisor.daemon;

import dev.handover.supervisor.config.ConfigurationFile;
import dev.handover.supervisor.control.Answers;
import dev.handover.supervisor.control.Requests;
import dev.handover.supervisor.doctor.Diagnosis;
import dev.handover.supervisor.doctor.Doctor;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.Request;
import java.nio.file.Path;
import java.util.Map;

/** Where requests come in, whoever makes them: the configuration as its file says now, and the way to the core. */
final class Door implements Requests {
    private final Path file;
    private final Map<String, String> environment;
    private final String version;
    private final Pending pending;
    private final Log log;

    Door(Path file, Map<String, String> environment, String version, Pending pending, Log log) {
        this.file = file;
        this.environment = environment;
        this.version = version;
        this.pending = pending;
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
            valid.problems().forEach(problem -> log.warn(problem + "; other services are not concerned"));
        }
        return result;
    }

    @Override
    public Diagnosis examine(Configuration configuration) {
        return Doctor.examine(configuration);
    }

    @Override
    public void submit(Request request, Answers answers) {
        pending.submit(request, answers);
    }
}
