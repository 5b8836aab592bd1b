package dev.handover.supervisor.control;

import dev.handover.supervisor.chronicle.Chronicle;
import dev.handover.supervisor.config.ConfigurationFile;
import dev.handover.supervisor.doctor.Diagnosis;
import dev.handover.supervisor.process.RecentOutput;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.UpgradeReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** What the control server asks of the daemon. Called from the threads of the connections. */
public interface Requests {
    /** What runs here, such as {@code 1.2.3}. */
    String version();

    /** Reads the configuration file anew, on the caller's thread. */
    ConfigurationFile.Result readConfiguration();

    /** The configuration file. */
    Path file();

    /** What it says now, for status: on the caller's thread, without a word to the log. */
    ConfigurationFile.Result lookAtConfiguration();

    /**
     * Takes note that a reload was asked for which can't be.
     *
     * @param service the one to reload; all where empty
     */
    void refused(Optional<ServiceName> service, ConfigurationFile.Invalid invalid);

    /**
     * Tries whether the program that is installed now can take this one's place, on the caller's thread, which takes some
     * seconds; if so, hands the request to the core.
     *
     * @param answers as of {@link #submit}
     * @throws IOException if it can't, or another upgrade is under way, with a message for users; nothing is answered, then
     */
    void upgrade(Answers answers) throws IOException;

    /** The upgrade that this supervisor is the outcome of. */
    Optional<UpgradeReport> upgraded();

    /** What has happened. */
    Chronicle chronicle();

    /** What workers wrote last. */
    RecentOutput output();

    /** Where all goes that a service's workers write. */
    Whereabouts whereOutputGoes(ServiceName service);

    /**
     * @param file the service's log file, if it has one that is written to now
     * @param journal whether the supervisor's log is systemd's journal; else it is its standard error
     */
    record Whereabouts(Optional<Path> file, boolean journal) {}

    /** Tries on this host what handovers need, on the caller's thread; takes some tenths of a second. */
    Diagnosis examine(Configuration configuration);

    /**
     * Hands a request to the core and returns at once.
     *
     * @param answers told what becomes of it, from any thread; {@link Answers#end} is called exactly once
     */
    void submit(Request request, Answers answers);

    /**
     * Whoever would have these answers is gone: what lasts only as long as he is there ends.
     *
     * @param answers of {@link #submit}; nothing is done where they have had their end
     */
    void gone(Answers answers);
}
