package dev.handover.supervisor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The script that completes command lines: picocli's for the words, and the names of services asked for as one types. */
@Command(
        name = "generate-completion",
        description = {
            "Print a script for bash and zsh that completes commands, options and services:",
            "source <(${ROOT-COMMAND-NAME} generate-completion)"
        })
final class Completion implements Runnable {
    private static final String OF_SERVICES = "completion-of-services.sh";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        CommandLine root = spec.root().commandLine();
        PrintWriter out = root.getOut();
        out.print(AutoComplete.bash(root.getCommandName(), root));
        out.print(ofServices().replace("supervisorctl", root.getCommandName()));
        out.flush();
    }

    private static String ofServices() {
        try (InputStream script = Completion.class.getResourceAsStream(OF_SERVICES)) {
            return new String(Objects.requireNonNull(script, OF_SERVICES).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("the jar can't be read: " + OF_SERVICES, e);
        }
    }
}
