package dev.handover.e2e;

import dev.handover.e2e.Callers.Exchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Servers that Debian has, each in the smallest configuration that serves, as docs/programs.md has them. In it, {@code PORT} and
 * {@code FOLDER} stand for what a test chooses.
 */
enum DebianProgram {
    APACHE("apache2", """
            command = ["apache2", "-D", "FOREGROUND", "-f", "FOLDER/apache.conf", "-c", "PidFile FOLDER/${HANDOVER_GENERATION}.pid"]
            drain = "SIGWINCH"
            """, "apache.conf", """
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
            """, http("hello")),
    BEANSTALKD("beanstalkd", """
            command = ["beanstalkd", "-l", "127.0.0.1", "-p", "PORT"]
            reuseport = "intercept"
            drain = "idle"
            """, session("list-tube-used\r\n", "USING default\r\n")),
    LIGHTTPD("lighttpd", """
            command = ["lighttpd", "-D", "-f", "FOLDER/lighttpd.conf"]
            reuseport = "intercept"
            drain = "idle"
            """, "lighttpd.conf", """
            server.bind = "127.0.0.1"
            server.port = PORT
            server.document-root = "FOLDER"
            """, http("</html>\n")),
    MEMCACHED("memcached", """
            command = ["memcached", "-u", "nobody", "-l", "127.0.0.1", "-p", "PORT"]
            reuseport = "intercept"
            drain = "idle"
            """, session("version\r\n", "\r\n")),
    MOSQUITTO(
            "mosquitto",
            """
            command = ["mosquitto", "-c", "FOLDER/mosquitto.conf"]
            reuseport = "intercept"
            drain = "idle"
            """,
            "mosquitto.conf",
            """
            listener PORT 127.0.0.1
            allow_anonymous true
            """,
            List.of(
                    new Exchange("\020\014\000\004MQTT\004\002\000\074\000\000", "\040\002\000\000"),
                    new Exchange("\300\000", "\320\000"))),
    REDIS("redis-server", """
            command = ["redis-server", "--bind", "127.0.0.1", "--port", "PORT", "--save", "", "--dir", "FOLDER"]
            reuseport = "intercept"
            drain = "idle"
            """, session("PING\r\n", "+PONG\r\n")),
    SOCAT("socat", """
            command = ["socat", "TCP4-LISTEN:PORT,bind=127.0.0.1,reuseport,fork,backlog=1024", "EXEC:/bin/cat"]
            drain = "idle"
            """, List.of(new Exchange("hello\n", "hello\n")));

    private static final int ASKED_IN_A_SESSION = 20;

    private final String program;
    private final String service;
    private final String file;
    private final String content;
    private final List<Exchange> conversation;

    DebianProgram(String program, String service, List<Exchange> conversation) {
        this(program, service, "", "", conversation);
    }

    DebianProgram(String program, String service, String file, String content, List<Exchange> conversation) {
        this.program = program;
        this.service = service;
        this.file = file;
        this.content = content;
        this.conversation = conversation;
    }

    private static List<Exchange> http(String end) {
        return List.of(new Exchange("GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n", end));
    }

    /** Asked again and again on one connection. */
    private static List<Exchange> session(String ask, String answer) {
        return Collections.nCopies(ASKED_IN_A_SESSION, new Exchange(ask, answer));
    }

    /** What its clients say and hear. */
    List<Exchange> conversation() {
        return conversation;
    }

    /**
     * Writes its configuration; the test is skipped where it is not installed.
     *
     * @param folder of its own
     * @return its section of the supervisor's configuration
     */
    String service(Path folder, int port) throws IOException {
        Chaos.needs(program);
        if (!file.isEmpty()) {
            Files.writeString(folder.resolve(file), placed(content, folder, port));
        }
        return placed(
                "[services." + name().toLowerCase(Locale.ROOT) + "]\n" + service
                        + "listen = [\"tcp://127.0.0.1:PORT\"]\nready = \"listening\"\n",
                folder,
                port);
    }

    private static String placed(String text, Path folder, int port) {
        return text.replace("FOLDER", folder.toString()).replace("PORT", Integer.toString(port));
    }
}
