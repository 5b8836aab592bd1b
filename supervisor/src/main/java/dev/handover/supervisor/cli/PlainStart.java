package dev.handover.supervisor.cli;

import dev.handover.supervisor.config.ConfigurationFile;
import dev.handover.supervisor.daemon.Level;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A start of {@code supervisord} with nothing but its file, as service managers start it; every other one is left to {@link
 * SupervisordMain}. It is there for speed only: see {@link PlainArguments}.
 */
record PlainStart(Path config) {
    /** Empty where the arguments are others. */
    static Optional<PlainStart> read(String... arguments) {
        boolean plain = arguments.length == 2
                && arguments[0].equals("--config")
                && !arguments[1].isEmpty()
                && "-@".indexOf(arguments[1].charAt(0)) < 0;
        return plain ? Optional.of(new PlainStart(Path.of(arguments[1]))) : Optional.empty();
    }

    int run() {
        getReadyToRead();
        return SupervisordMain.withoutNativeCode(new PrintWriter(System.err, true, Charset.defaultCharset()))
                .orElseGet(() -> SupervisordMain.run(config, Level.INFO));
    }

    /** To read TOML for the first time takes as long as to load native code, so both go on at a time. */
    private static void getReadyToRead() {
        Thread reader = new Thread(ConfigurationFile::prepare, "ready-to-read");
        reader.setDaemon(true);
        reader.start();
    }
}
