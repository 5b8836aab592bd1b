package dev.handover.e2e;

import dev.handover.e2e.Callers.Exchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Servers that Debian has, each in the smallest configuration that serves, as docs/programs.md has them. In it, {@code PORT} and
 * {@code FOLDER} stand for what a test chooses, and {@code USER} for whom a program runs as that refuses to be root.
 */
enum DebianProgram {
    APACHE("apache2", """
            ready = "listening"
            listen = ["tcp://127.0.0.1:PORT"]
            command = ["apache2", "-D", "FOREGROUND", "-f", "FOLDER/apache.conf", "-c", "PidFile FOLDER/${HANDOVER_GENERATION}.pid"]
            drain = "SIGWINCH"
            """, Map.of("apache.conf", """
            LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
            LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
            ServerRoot FOLDER
            ServerName here
            User nobody
            Group nogroup
            Listen 127.0.0.1:PORT
            ListenCoresBucketsRatio 1
            ErrorLog /dev/stderr
            ErrorDocument 404 hello
            ErrorDocument 403 hello
            """), Conversations.http("hello")),
    BEANSTALKD("beanstalkd", """
            ready = "listening"
            listen = ["tcp://127.0.0.1:PORT"]
            command = ["beanstalkd", "-l", "127.0.0.1", "-p", "PORT"]
            reuseport = "intercept"
            drain = "idle"
            """, Map.of(), Conversations.session("list-tube-used\r\n", "USING default\r\n")),
    CADDY("caddy", """
            ready = "notify"
            listen = ["tcp://127.0.0.1:PORT"]
            command = ["caddy", "run", "--config", "FOLDER/Caddyfile"]
            environment = { HOME = "FOLDER" }
            reuseport = "intercept"
            drain = "SIGTERM"
            """, Map.of("Caddyfile", """
            {
                admin off
                grace_period 2m
            }
            :PORT {
                bind 127.0.0.1
                respond hello
            }
            """), Conversations.http("hello")),
    DNSDIST("dnsdist", """
            ready = "notify"
            listen = ["tcp://127.0.0.1:PORT", "udp://127.0.0.1:PORT"]
            command = ["dnsdist", "--supervised", "--disable-syslog", "--config", "FOLDER/dnsdist.conf"]
            drain = "idle"
            """, Map.of("dnsdist.conf", """
            setLocal("127.0.0.1:PORT", {reusePort=true})
            addAction(AllRule(), SpoofAction("192.0.2.1"))
            """), Conversations.dns()),
    HYPERCORN("hypercorn", """
            ready = "listening"
            listen = ["tcp://127.0.0.1:PORT"]
            command = ["hypercorn", "--bind", "127.0.0.1:PORT", "app:app"]
            environment = { PYTHONPATH = "FOLDER" }
            reuseport = "intercept"
            drain = "SIGTERM"
            """, Map.of("app.py", Asgi.HELLO), Conversations.http("hello")),
    KNOT("knotd", """
            ready = "notify"
            listen = ["tcp://127.0.0.1:PORT", "udp://127.0.0.1:PORT"]
            command = ["sh", "-c", "mkdir -p $HANDOVER_GENERATION && cd $HANDOVER_GENERATION && exec knotd -c ../knot.conf"]
            directory = "FOLDER"
            reuseport = "intercept"
            drain = "idle"
            """, Map.of("knot.conf", """
            server:
                listen: 127.0.0.1@PORT
                rundir: .
            database:
                storage: .
            zone:
              - domain: hello
                file: FOLDER/hello.zone
            """, "hello.zone", """
            $TTL 60
            @ SOA ns.hello. admin.hello. 1 60 60 60 60
            @ NS ns.hello.
            @ A 192.0.2.1
            """), Conversations.dns()),
    LIGHTTPD("lighttpd", """
            ready = "listening"
            listen = ["tcp://127.0.0.1:PORT"]
            command = ["lighttpd", "-D", "-f", "FOLDER/lighttpd.conf"]
            reuseport = "intercept"
            drain = "idle"
            """, Map.of("lighttpd.conf", """
            server.bind = "127.0.0.1"
            server.port = PORT
            server.document-root = "FOLDER"
            """), Conversations.http("</html>\n")),
    MEMCACHED("memcached", """
            ready = "listening"
            listen = ["tcp://127.0.0.1:PORT"]
            command = ["memcached", "-u", "nobody", "-l", "127.0.0.1", "-p", "PORT"]
            reuseport = "intercept"
            drain = "idle"
            """, Map.of(), Conversations.session("version\r\n", "\r\n")),
    MOSQUITTO("mosquitto", """
            ready = "listening"
            listen = ["tcp://127.0.0.1:PORT"]
            command = ["mosquitto", "-c", "FOLDER/mosquitto.conf"]
            reuseport = "intercept"
            drain = "idle"
            """, Map.of("mosquitto.conf", """
            listener PORT 127.0.0.1
            allow_anonymous true
            """), Conversations.mqtt()),
    NODE("node", """
            ready = "listening"
            listen = ["tcp://127.0.0.1:PORT"]
            command = ["node", "FOLDER/server.js"]
            reuseport = "intercept"
            drain = "idle"
            """, Map.of("server.js", """
            require("http").createServer((request, response) => response.end("hello")).listen(PORT, "127.0.0.1");
            """), Conversations.http("hello")),
    /** Its server is beside it, on a Unix socket alone, and is not reloaded. */
    PGBOUNCER("pgbouncer postgres initdb", """
            ready = "notify"
            listen = ["tcp://127.0.0.1:PORT"]
            command = ["pgbouncer", "FOLDER/pgbouncer.ini"]
            user = "USER"
            after = ["postgres"]
            drain = "idle"

            [services.postgres]
            before-start = ["initdb", "--no-sync", "--auth=trust", "--username=hello", "--pgdata=FOLDER/data"]
            command = ["postgres", "-D", "FOLDER/data", "-k", "FOLDER", "-c", "listen_addresses="]
            user = "USER"
            ready = "notify"
            ready-timeout = "2m"
            drain = "SIGINT"
            """, Map.of("pgbouncer.ini", """
            [databases]
            hello = host=FOLDER dbname=postgres user=hello
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = PORT
            unix_socket_dir =
            auth_type = any
            so_reuseport = 1
            """), Conversations.postgres()),
    PUMA("puma", """
            ready = "listening"
            listen = ["tcp://127.0.0.1:PORT"]
            command = ["puma", "--environment", "production", "--bind", "tcp://127.0.0.1:PORT", "FOLDER/config.ru"]
            reuseport = "intercept"
            drain = "SIGTERM"
            """, Map.of("config.ru", """
            run ->(request) { [200, {"Content-Type" => "text/plain"}, ["hello"]] }
            """), Conversations.http("hello")),
    REDIS("redis-server", """
            ready = "notify"
            listen = ["tcp://127.0.0.1:PORT"]
            command = ["redis-server", "--supervised", "systemd", "--bind", "127.0.0.1", "--port", "PORT", "--save", "", "--dir", "FOLDER"]
            reuseport = "intercept"
            drain = "idle"
            """, Map.of(), Conversations.session("PING\r\n", "+PONG\r\n")),
    SOCAT("socat", """
            ready = "listening"
            listen = ["tcp://127.0.0.1:PORT"]
            command = ["socat", "TCP4-LISTEN:PORT,bind=127.0.0.1,reuseport,fork,backlog=1024", "EXEC:/bin/cat"]
            drain = "idle"
            """, Map.of(), List.of(new Exchange("hello\n", "hello\n"))),
    UNBOUND("unbound", """
            ready = "notify"
            listen = ["tcp://127.0.0.1:PORT", "udp://127.0.0.1:PORT"]
            command = ["unbound", "-d", "-c", "FOLDER/unbound.conf"]
            drain = "idle"
            """, Map.of("unbound.conf", """
            server:
                interface: 127.0.0.1@PORT
                so-reuseport: yes
                num-threads: 2
                directory: "FOLDER"
                chroot: ""
                username: ""
                pidfile: ""
                use-syslog: no
                local-zone: "hello." static
                local-data: "hello. A 192.0.2.1"
            """), Conversations.dns()),
    UVICORN("uvicorn", """
            ready = "listening"
            listen = ["tcp://127.0.0.1:PORT"]
            command = ["uvicorn", "--host", "127.0.0.1", "--port", "PORT", "--app-dir", "FOLDER", "app:app"]
            reuseport = "intercept"
            drain = "SIGTERM"
            """, Map.of("app.py", Asgi.HELLO), Conversations.http("hello"));

    private final List<String> programs;
    private final String service;
    private final Map<String, String> files;
    private final List<Exchange> conversation;

    /** @param programs those that must be installed, with a blank between them */
    DebianProgram(String programs, String service, Map<String, String> files, List<Exchange> conversation) {
        this.programs = List.of(programs.split(" ", -1));
        this.service = service;
        this.files = files;
        this.conversation = conversation;
    }

    private static final class Asgi {
        static final String HELLO = """
                async def app(scope, receive, send):
                    assert scope["type"] == "http"
                    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
                    await send({"type": "http.response.body", "body": b"hello"})
                """;
    }

    /** The service's name. */
    String service() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What its clients say and hear. */
    List<Exchange> conversation() {
        return conversation;
    }

    /** How each reload of it under load ends. */
    String verdict() {
        return service.contains("udp://")
                ? "nor whether each was answered; open flows went over to the new workers at the flip, steered"
                : "lossless, steered";
    }

    /**
     * Writes its configuration; the test is skipped where it is not installed.
     *
     * @param folder of its own
     * @return its section of the supervisor's configuration, and those of what it needs
     */
    String services(Path folder, int port) throws IOException {
        for (String needed : programs) {
            Chaos.needs(needed);
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), placed(file.getValue(), folder, port));
        }
        return placed("[services." + service() + "]\n" + service, folder, port);
    }

    private static String placed(String text, Path folder, int port) {
        String self = System.getProperty("user.name");
        return text.replace("FOLDER", folder.toString())
                .replace("PORT", Integer.toString(port))
                .replace("USER", self.equals("root") ? "nobody" : self);
    }
}
