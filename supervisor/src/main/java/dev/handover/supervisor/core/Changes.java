package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.CanarySpec;
import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.HealthSpec;
import dev.handover.supervisor.terms.LogSpec;
import dev.handover.supervisor.terms.MetricSpec;
import dev.handover.supervisor.terms.OneShot;
import dev.handover.supervisor.terms.Plan.Change;
import dev.handover.supervisor.terms.ProcessSettings;
import dev.handover.supervisor.terms.RestartSpec;
import dev.handover.supervisor.terms.ServiceSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** In what two configurations of a service differ, key by key as the file names them. */
final class Changes {
    /** Values of variables are secrets, as often as not: they are compared, and not shown. */
    private static final String VARIABLE = "environment.";

    private final Map<String, String> texts = new TreeMap<>();

    private Changes() {}

    static List<Change> between(ServiceSpec before, ServiceSpec after) {
        Map<String, String> from = texts(before);
        Map<String, String> to = texts(after);
        TreeSet<String> keys = new TreeSet<>(from.keySet());
        keys.addAll(to.keySet());
        List<Change> changes = new ArrayList<>();
        for (String key : keys) {
            String old = from.getOrDefault(key, "");
            String now = to.getOrDefault(key, "");
            if (!old.equals(now)) {
                changes.add(new Change(key, shown(key, old, "a value"), shown(key, now, "another value")));
            }
        }
        if (changes.isEmpty() && !before.equals(after)) {
            changes.add(new Change("the configuration", "as it was", "another one")); // none may pass unseen
        }
        return changes;
    }

    private static String shown(String key, String value, String hidden) {
        return key.startsWith(VARIABLE) && !value.isEmpty() ? hidden + ", which is not shown" : value;
    }

    private static Map<String, String> texts(ServiceSpec spec) {
        Changes changes = new Changes();
        changes.all(spec);
        return changes.texts;
    }

    private void all(ServiceSpec spec) {
        put("autostart", spec.autostart());
        put("after", list(spec.after()));
        put("command", words(spec.command()));
        put("directory", spec.directory());
        spec.environmentFiles().forEach(file -> put("environment-file " + file.file(), "read"));
        spec.fromFiles().forEach((name, value) -> put(VARIABLE + name, "=" + value));
        spec.environment().forEach((name, value) -> put(VARIABLE + name, "=" + value));
        spec.listen().forEach(address -> put("listen " + address, "listens"));
        put("reuseport", word(spec.reuseport()));
        put("workers", spec.workers());
        put("ready", word(spec.ready()));
        put("ready-timeout", spec.readyTimeout());
        put("drain", spec.drain());
        put("stop-signal", spec.stopSignal());
        put("signals-to", word(spec.signalsTo()));
        put("handover", word(spec.handover()));
        put("quiesce-timeout", spec.quiesceTimeout());
        spec.standby().ifPresent(time -> put("standby", time));
        put("max-generations", spec.maxGenerations());
        spec.drainSpread().ifPresent(time -> put("drain-spread", time));
        put("drain-timeout", spec.drainTimeout());
        put("kill-grace", spec.killGrace());
        spec.heartbeatTimeout().ifPresent(time -> put("heartbeat-timeout", time));
        settings(spec.settings());
        restart(spec.restart());
        spec.canary().ifPresent(this::canary);
        spec.health().ifPresent(this::health);
        spec.warmUp().ifPresent(warmUp -> {
            put("warm-up.tls", warmUp.tls());
            put("warm-up.path", warmUp.path());
            put("warm-up.requests", warmUp.requests());
            put("warm-up.concurrency", warmUp.concurrency());
            put("warm-up.timeout", warmUp.timeout());
        });
        spec.quic().ifPresent(quic -> {
            put("quic.tag-offset", quic.tagOffset());
            put("quic.quiet", quic.quiet());
        });
        oneShot("before-start", spec.beforeStart());
        oneShot("after-flip", spec.afterFlip());
    }

    private void settings(ProcessSettings settings) {
        settings.umask().ifPresent(umask -> put("umask", Integer.toOctalString(umask)));
        settings.nice().ifPresent(nice -> put("nice", nice));
        put("start-share", word(settings.startShare()));
        settings.limits()
                .forEach((resource, limit) -> put(
                        "limits." + word(resource),
                        limit.isPresent() ? Long.toString(limit.getAsLong()) : "unlimited"));
        settings.user().ifPresent(user -> put("user", user));
        settings.group().ifPresent(group -> put("group", group));
        settings.log().ifPresent(this::log);
    }

    private void log(LogSpec log) {
        put("log.file", log.file());
        put("log.size", log.size().isPresent() ? Long.toString(log.size().getAsLong()) : "unlimited");
        put("log.keep", log.keep());
        put("log.prefix", log.prefix());
        put("log.stderr", log.stderr());
    }

    private void restart(RestartSpec restart) {
        put("restart.expected-exits", list(restart.expectedExits()));
        restart.most().ifPresent(most -> put("restart.most", most));
        put("restart.within", restart.within());
    }

    private void canary(CanarySpec canary) {
        put("canary.clients", list(canary.clients()));
        put("canary.steps", list(canary.steps()));
        put("canary.step", canary.step());
        put("canary.end", word(canary.end()));
        put("canary.judge", canary.judge());
        canary.metric().ifPresent(this::metric);
    }

    private void metric(MetricSpec metric) {
        put("canary.metric.command", words(metric.command()));
        put("canary.metric.interval", metric.interval());
        put("canary.metric.timeout", metric.timeout());
        put("canary.metric.failures", metric.failures());
    }

    private void health(HealthSpec health) {
        put(
                "health.question",
                health.question() instanceof HealthSpec.Command command ? words(command.command()) : health.question());
        if (health.question() instanceof HealthSpec.Http http) {
            put("health.expect", http.expect());
        }
        put("health.interval", health.interval());
        put("health.timeout", health.timeout());
        put("health.failures", health.failures());
        put("health.then", word(health.then()));
    }

    private void oneShot(String key, Optional<OneShot> command) {
        command.ifPresent(one -> {
            put(key + ".command", words(one.command()));
            put(key + ".timeout", one.timeout());
        });
    }

    private void put(String key, Object value) {
        texts.put(key, value instanceof Duration time ? Durations.text(time) : value.toString());
    }

    private static String list(Collection<?> values) {
        return values.stream().map(Object::toString).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String words(List<String> command) {
        return command.stream().collect(Collectors.joining("\", \"", "[\"", "\"]"));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
