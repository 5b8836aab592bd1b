package dev.handover.bench;

import dev.handover.harness.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "sharding",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = {
            "Compares a listener for each process, by SO_REUSEPORT, with one that all share: nginx and http-worker, by wrk.",
            "",
            "All of them run all the time, and take turns under load. About 4 minutes; nginx and wrk must be installed."
        })
final class ShardingCommand implements Callable<Integer> {
    private static final int PROCESSES = 4;
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration TO_LISTEN = Duration.ofSeconds(60);

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--turns",
            description = "of each server and kind of connection. Default: ${DEFAULT-VALUE}",
            defaultValue = "3")
    private int turns;

    @Option(names = "--seconds", description = "of a turn. Default: ${DEFAULT-VALUE}", defaultValue = "4")
    private int seconds;

    @Option(
            names = "--port",
            description = "the first of those listened at. Default: ${DEFAULT-VALUE}",
            defaultValue = "21900")
    private int port;

    @Option(
            names = "--into",
            paramLabel = "FOLDER",
            description = "where to write sharding.json, and the table into benchmarks.md")
    private @Nullable Path folder;

    private record Report(Machine machine, List<Sharded> rows) {}

    /** A server that runs. */
    private record Server(String name, int port, Serving serving) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Machine machine = Machine.now();
        List<Server> servers = new ArrayList<>();
        try {
            servers.add(nginx("one listener, `accept_mutex` on", "accept_mutex on;", ""));
            servers.add(nginx("one listener, `accept_mutex` off", "accept_mutex off;", ""));
            servers.add(nginx("a listener each, `reuseport`", "", "reuseport"));
            servers.add(httpWorker("one process, one listener", 1));
            servers.add(httpWorker(PROCESSES + " processes, a listener each", PROCESSES));
            List<Sharded> rows = measure(servers);
            spec.commandLine().getOut().println(Sharded.table(machine, rows));
            if (folder != null) {
                Documents.write(folder, "sharding", new Report(machine, rows), Sharded.table(machine, rows));
            }
            return 0;
        } finally {
            for (Server server : servers) {
                server.serving().close();
            }
        }
    }

    private List<Sharded> measure(List<Server> servers) throws IOException, InterruptedException {
        List<Sharded> rows = new ArrayList<>();
        for (boolean keptAlive : List.of(true, false)) {
            List<List<Wrk>> found = new ArrayList<>();
            for (Server server : servers) {
                Wrk.run(server.port(), WARM_UP, keptAlive);
                found.add(new ArrayList<>());
            }
            for (int turn = 0; turn < turns; turn++) {
                for (int i = 0; i < servers.size(); i++) {
                    found.get(i).add(Wrk.run(servers.get(i).port(), Duration.ofSeconds(seconds), keptAlive));
                }
            }
            for (int i = 0; i < servers.size(); i++) {
                rows.add(new Sharded(servers.get(i).name(), keptAlive, found.get(i)));
            }
        }
        return rows;
    }

    private Server nginx(String listeners, String events, String option) throws IOException, InterruptedException {
        Path home = Serving.newFolder();
        Files.writeString(home.resolve("nginx.conf"), """
                daemon off;
                pid pid;
                worker_processes %d;
                events { worker_connections 4096; %s }
                http {
                  access_log off;
                  client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t; uwsgi_temp_path t; scgi_temp_path t;
                  server {
                    listen 127.0.0.1:%d %s backlog=4096;
                    location / { return 200 "OK"; }
                  }
                }
                """.formatted(PROCESSES, events, port, option));
        return start(
                "nginx, " + PROCESSES + " processes: " + listeners, home, "exec nginx -p . -c nginx.conf -e stderr");
    }

    /** The JDK takes a listener from nobody, so that several processes can't share one. */
    private Server httpWorker(String listeners, int processes) throws IOException, InterruptedException {
        String command = Checkout.java() + " -XX:+UseSerialGC -jar " + Checkout.exampleJar("http-worker")
                + " tcp://127.0.0.1:" + port + " & ";
        return start("http-worker: " + listeners, Serving.newFolder(), command.repeat(processes) + "wait");
    }

    private Server start(String name, Path home, String command) throws IOException, InterruptedException {
        Server server =
                new Server(name, port++, Serving.start(home, List.of("sh", "-c", "cd '" + home + "'; " + command)));
        try {
            Listening.await(server.port(), TO_LISTEN, () -> true);
            return server;
        } catch (IOException refused) {
            String said = server.serving().output();
            server.serving().close();
            throw new IOException(name + " does not listen: " + said, refused);
        }
    }
}
