package dev.handover.supervisor.http;

import dev.handover.supervisor.control.Results;
import dev.handover.supervisor.terms.HealthStatus;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.Percentage;
import dev.handover.supervisor.terms.Report.GenerationStatus;
import dev.handover.supervisor.terms.Report.ServiceStatus;
import dev.handover.supervisor.terms.Report.WorkerStatus;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SteeringStatus;
import dev.handover.supervisor.terms.Usage;
import dev.handover.supervisor.terms.WorkerState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One generation on the page: what of the new connections goes to it, and how it fares. */
final class GenerationCard {
    private static final double MIB = 1024 * 1024;

    private final Html html;
    private final ServiceName service;
    private final GenerationStatus generation;
    private final Optional<SteeringStatus> steering;
    private final boolean serves;

    GenerationCard(Html html, ServiceStatus service, GenerationStatus generation, Optional<SteeringStatus> steering) {
        this.html = html;
        this.service = service.service();
        this.generation = generation;
        this.steering = steering;
        this.serves = service.serving().filter(generation.id()::equals).isPresent();
    }

    void write(Optional<Usage> usage) {
        String state = Results.word(generation.state());
        int share = share();
        html.open(
                "li",
                "class",
                "generation " + state + (share > 0 ? " led" : ""),
                "id",
                "generation-" + service + "-" + generation.id());
        html.open("p", "class", "lead");
        arrow(share);
        html.text(led(share)).close();
        html.open("h3").text("generation " + generation.id() + " ");
        html.element("span", state, "class", "badge " + state).close();
        html.open("dl");
        figure("age", Times.age(generation.inState()));
        long ready = generation.workers().stream()
                .filter(worker -> worker.state() == WorkerState.READY)
                .count();
        figure("workers ready", ready + " of " + generation.workers().size());
        Figures.connections(generation).ifPresent(open -> figure("connections", String.valueOf(open)));
        if (steering.isPresent()) {
            figure("waiting", String.valueOf(waiting(steering.get())));
        }
        usage.ifPresent(this::usage);
        generation.standby().ifPresent(left -> figure("stands by for", Times.age(left)));
        generation.canary().ifPresent(canary -> {
            figure("canary of", canary.share().toString());
            figure("step", canary.step() + " of " + canary.steps());
            figure("next step in", canary.left().map(Times::age).orElse("paused"));
        });
        html.close();
        workers();
        html.close();
    }

    /** In hundredths of a percent of those clients that are not listed. */
    private int share() {
        Optional<SteeringStatus.Split> split = steering.flatMap(SteeringStatus::split);
        int canary = split.map(one -> one.share().others().hundredths()).orElse(0);
        if (split.filter(one -> one.canary().equals(generation.id())).isPresent()) {
            return Math.max(canary, 1); // listed clients alone
        }
        return serves ? Percentage.ALL - canary : 0;
    }

    private String led(int share) {
        Optional<SteeringStatus.Split> split = steering.flatMap(SteeringStatus::split);
        if (share == 0) {
            return "no new connections";
        }
        if (split.isEmpty()) {
            return "all new connections";
        }
        return split.get().canary().equals(generation.id())
                ? split.get().share().toString()
                : new Percentage(share) + " of the clients";
    }

    /** As long as the share that is led there. */
    private void arrow(int share) {
        html.open("svg", "class", "arrow", "viewBox", "0 0 100 8", "aria-hidden", "true", "focusable", "false");
        html.open("path", "class", "way", "d", "M0 4H100").close();
        if (share > 0) {
            double end = 8 + 92.0 * share / Percentage.ALL;
            html.open("path", "class", "part", "d", String.format(Locale.ROOT, "M0 4H%.1f", end - 4))
                    .close();
            html.open(
                            "path",
                            "class",
                            "tip",
                            "d",
                            String.format(Locale.ROOT, "M%.1f 0.5L%.1f 4L%.1f 7.5Z", end - 7, end, end - 7))
                    .close();
        }
        html.close();
    }

    private long waiting(SteeringStatus status) {
        return status.groups().stream()
                .filter(group -> group.address().transport() == Transport.TCP)
                .flatMap(group -> group.members().stream())
                .filter(member -> member.worker()
                        .filter(worker -> worker.generation().equals(generation.id()))
                        .isPresent())
                .mapToLong(SteeringStatus.Member::waiting)
                .sum();
    }

    private void usage(Usage usage) {
        usage.memory().ifPresent(bytes -> figure("memory", String.format(Locale.ROOT, "%.0f MiB", bytes / MIB)));
        figure("CPU time", Times.age(usage.cpu()));
    }

    private void figure(String name, String value) {
        html.open("div").element("dt", name).element("dd", value).close();
    }

    private void workers() {
        html.open("ul", "class", "workers", "aria-label", "workers of generation " + generation.id());
        for (WorkerStatus worker : generation.workers()) {
            html.open("li")
                    .element(
                            "span",
                            "worker " + worker.id().index() + " " + Results.word(worker.state()),
                            "class",
                            "who");
            String more = more(worker);
            if (!more.isEmpty()) {
                html.text(" " + more);
            }
            html.close();
        }
        html.close();
    }

    private static String more(WorkerStatus worker) {
        List<String> parts = new ArrayList<>();
        worker.pid().ifPresent(pid -> parts.add("pid " + pid));
        if (worker.restarts() > 0) {
            parts.add("restarts " + worker.restarts());
        }
        worker.startsIn().ifPresent(wait -> parts.add("starts in " + Times.age(wait)));
        worker.lastExit().ifPresent(exit -> parts.add("last " + exit));
        if (!worker.text().isEmpty()) {
            parts.add(worker.text());
        }
        worker.health()
                .filter(health -> health.state() == HealthStatus.State.UNHEALTHY)
                .ifPresent(health -> parts.add("unhealthy: " + health.why()));
        return String.join(", ", parts);
    }
}
