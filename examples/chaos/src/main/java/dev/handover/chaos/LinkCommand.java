package dev.handover.chaos;

import dev.handover.chaos.link.Link;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "link",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a command beside a link: two network namespaces, a delay each way between them (root).",
            "",
            "CLIENT_NS and SERVER_NS in its environment name them: 'ip netns exec $SERVER_NS …' runs in one. The server's"
                    + " addresses are 10.77.0.2 and fd77::2. All is gone when the command has ended; its exit code is"
                    + " this program's."
        })
final class LinkCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "DELAY", description = "each way, such as 20ms")
    private Duration delay = Duration.ZERO;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "after --, with its arguments")
    private List<String> command = List.of();

    @Override
    public Integer call() throws InterruptedException {
        @Nullable String obstacle = Link.obstacle();
        if (obstacle != null) {
            throw new ParameterException(spec.commandLine(), obstacle);
        }
        try (Link link = Link.open(delay)) {
            ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
            builder.environment().putAll(link.environment());
            int exit = run(builder);
            link.counts();
            return exit;
        } catch (IOException | IllegalArgumentException e) {
            spec.commandLine().getErr().println("chaos link: " + e.getMessage());
            return Verdict.UNTRUSTED.exitCode();
        }
    }

    private static int run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        Thread hook = new Thread(() -> {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        });
        // The command is not in the namespaces itself, so the link's own tear-down would leave it.
        Runtime.getRuntime().addShutdownHook(hook);
        return process.waitFor();
    }
}
