package dev.handover.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** A program with a reload of its own, which Handover can reload just as well. */
enum Peer {
    NGINX("nginx", "HUP") {
        @Override
        List<String> alone(Path folder, int port) throws IOException {
            return words(configured(folder, port), "pid nginx.pid;");
        }

        @Override
        String service(Path folder, int port) throws IOException {
            return section(
                    words(configured(folder, port), "pid nginx-${HANDOVER_GENERATION}.pid;"), folder, port, "SIGQUIT");
        }

        private static List<String> words(Path configuration, String directives) {
            String folder = Objects.requireNonNull(configuration.getParent(), "it lies in a folder")
                    .toString();
            return List.of("nginx", "-p", folder, "-c", configuration.toString(), "-e", "stderr", "-g", directives);
        }

        private static Path configured(Path folder, int port) throws IOException {
            return Files.writeString(folder.resolve("nginx.conf"), """
                    daemon off;
                    worker_processes 2;
                    events { worker_connections 4096; }
                    http {
                      access_log off;
                      client_body_temp_path %1$s; proxy_temp_path %1$s; fastcgi_temp_path %1$s;
                      uwsgi_temp_path %1$s; scgi_temp_path %1$s;
                      server {
                        listen 127.0.0.1:%2$d reuseport backlog=4096;
                        location / { add_header X-Worker nginx/$pid; return 200 "hello"; }
                      }
                    }
                    """.formatted(folder.resolve("temp"), port));
        }
    },
    HAPROXY("HAProxy", "USR2") {
        @Override
        List<String> alone(Path folder, int port) throws IOException {
            return List.of(
                    "haproxy", "-W", "-db", "-f", configured(folder, port).toString());
        }

        @Override
        String service(Path folder, int port) throws IOException {
            return section(
                    List.of("haproxy", "-db", "-f", configured(folder, port).toString()), folder, port, "SIGUSR1");
        }

        private static Path configured(Path folder, int port) throws IOException {
            return Files.writeString(folder.resolve("haproxy.cfg"), """
                    global
                        maxconn 4096
                    defaults
                        mode http
                        timeout client 30s
                        timeout server 30s
                        timeout connect 5s
                    frontend web
                        bind 127.0.0.1:%d backlog 4096
                        http-request return status 200 content-type text/plain hdr X-Worker haproxy/%%pid string hello
                    """.formatted(port));
        }
    };

    private final String title;
    private final String reloadSignal;

    Peer(String title, String reloadSignal) {
        this.title = title;
        this.reloadSignal = reloadSignal;
    }

    /** The command that runs it by itself, able to reload itself. */
    abstract List<String> alone(Path folder, int port) throws IOException;

    /** Its section of a configuration. */
    abstract String service(Path folder, int port) throws IOException;

    /** What tells its master to reload. */
    String reloadSignal() {
        return reloadSignal;
    }

    private static String section(List<String> command, Path folder, int port, String drain) {
        return "[services.peer]\ncommand = [\"" + String.join("\", \"", command) + "\"]\ndirectory = \"" + folder
                + "\"\nlisten = [\"tcp://127.0.0.1:" + port + "\"]\nready = \"listening\"\ndrain = \"" + drain + "\"\n";
    }

    @Override
    public String toString() {
        return title;
    }
}
