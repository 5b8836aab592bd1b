package dev.handover.supervisor.http;

import dev.handover.supervisor.control.Results;
import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.GenerationStatus;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.Report.ServiceStatus;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SteeringStatus;
import dev.handover.supervisor.terms.Total;
import dev.handover.supervisor.terms.Totals;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hc.core5.http.HttpStatus;

/** What people look at: complete without scripts, which only fetch it again. */
final class Page {
    private final Html html = new Html();
    private final Reply.Status status;
    private final Map<ServiceName, Reply.History.OfService> history;
    private final Map<ListenAddress, Long> connections;
    private final Function<ServiceName, PastReloads.Accounts> accounts;

    private Page(
            Reply.Status status,
            Reply.History history,
            Map<ListenAddress, Long> connections,
            Function<ServiceName, PastReloads.Accounts> accounts) {
        this.status = status;
        this.history =
                history.services().stream().collect(Collectors.toMap(Reply.History.OfService::service, past -> past));
        this.connections = connections;
        this.accounts = accounts;
    }

    /**
     * @param connections that are open, by address
     * @param accounts what is kept of the reloads of each service
     */
    static Answer of(
            Reply.Status status,
            Reply.History history,
            Map<ListenAddress, Long> connections,
            Function<ServiceName, PastReloads.Accounts> accounts,
            String version) {
        Page page = new Page(status, history, connections, accounts);
        page.write(version);
        return new Answer(
                HttpStatus.SC_OK,
                "text/html; charset=utf-8",
                page.html.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void write(String version) {
        html.open("html", "lang", "en");
        head();
        html.open("body");
        html.open("header");
        html.element("h1", "Handover");
        html.element("p", overall(), "id", "overall", "class", "overall " + (isAllWell() ? "well" : "amiss"));
        html.open("p", "class", "live");
        html.element("span", "", "id", "fresh");
        html.element("button", "Pause", "id", "pause", "type", "button", "hidden", "");
        html.element("noscript", "Loaded anew every 10 s.");
        html.close().close();
        html.element("p", "", "id", "news", "class", "unseen", "role", "status");
        html.open("main", "id", "content");
        configuration();
        status.services().forEach(this::service);
        html.close();
        html.element("footer", "supervisor " + version + ". This page only shows; to act, type the commands.");
        html.close().close();
    }

    private void head() {
        html.open("head");
        html.single("meta", "charset", "utf-8");
        html.single("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.single("meta", "name", "color-scheme", "content", "light dark");
        html.element("title", (isAllWell() ? "" : "! ") + "Handover: " + overall());
        html.single("link", "rel", "icon", "type", "image/svg+xml", "href", "/icon.svg");
        html.single("link", "rel", "stylesheet", "href", "/page.css");
        html.open("noscript")
                .single("meta", "http-equiv", "refresh", "content", "10")
                .close();
        html.element("script", "", "src", "/page.js", "defer", "");
        html.close();
    }

    private boolean isAllWell() {
        return status.services().stream().allMatch(service -> service.state() == ServiceState.RUNNING);
    }

    private String overall() {
        List<String> amiss = status.services().stream()
                .filter(service -> service.state() != ServiceState.RUNNING)
                .map(service -> service.service() + " is " + Results.word(service.state()))
                .toList();
        return amiss.isEmpty() ? "every service runs" : String.join(", ", amiss);
    }

    private void configuration() {
        Optional<String> note = status.difference()
                .map(differs -> {
                    List<String> parts = new ArrayList<>();
                    named("changes", differs.changed(), parts);
                    named("adds", differs.added(), parts);
                    named("removes", differs.removed(), parts);
                    return parts.isEmpty()
                            ? ""
                            : "The configuration file " + String.join(", ", parts) + "; " + CommandNames.CTL
                                    + " reload takes that up.";
                })
                .or(() -> Optional.of(
                        "The configuration file can't be used as it is; " + CommandNames.CTL + " status says why."));
        note.filter(text -> !text.isEmpty()).ifPresent(text -> html.element("p", text, "class", "note"));
    }

    private static void named(String verb, List<ServiceName> services, List<String> into) {
        if (!services.isEmpty()) {
            into.add(verb + " " + services.stream().map(ServiceName::toString).collect(Collectors.joining(", ")));
        }
    }

    private void service(ServiceStatus service) {
        String name = service.service().value();
        String state = Results.word(service.state());
        Optional<SteeringStatus> steering =
                Optional.ofNullable(status.steering().get(service.service()));
        html.open(
                "section",
                "id",
                "service-" + name,
                "class",
                "service " + state,
                "aria-labelledby",
                "name-" + name,
                "data-headline",
                headline(service));
        html.open("h2", "id", "name-" + name).text(name + " ");
        html.element("span", state, "class", "badge " + state).close();
        service.since().ifPresent(since -> {
            html.open("p", "class", "since").text(state + " since ");
            Times.moment(since, html);
            html.close();
        });
        if (!service.reason().isEmpty()) {
            html.element("p", service.reason(), "class", "reason");
        }
        if (!service.lastLines().isEmpty()) {
            html.element(
                    "pre",
                    String.join("\n", service.lastLines()),
                    "class",
                    "lines",
                    "id",
                    "lines-" + name,
                    "tabindex",
                    "0",
                    "aria-label",
                    "its last lines");
        }
        steering.ifPresent(this::addresses);
        html.open("ol", "class", "generations", "id", "generations-" + name, "aria-label", "generations of " + name);
        for (GenerationStatus generation : service.generations()) {
            new GenerationCard(html, service, generation, steering)
                    .write(Optional.ofNullable(status.usage()
                            .getOrDefault(service.service(), Map.of())
                            .get(generation.id())));
        }
        html.close();
        new PastReloads(
                        html,
                        service,
                        Optional.ofNullable(history.get(service.service()))
                                .map(Reply.History.OfService::reloads)
                                .orElse(List.of()),
                        accounts.apply(service.service()))
                .write();
        ledger(service.totals());
        commands(service);
        html.close();
    }

    /** What is told to those who don't see the page, when it changes. */
    private static String headline(ServiceStatus service) {
        return service.service() + " is " + Results.word(service.state())
                + service.generations().stream()
                        .map(generation -> ", generation " + generation.id() + " " + Results.word(generation.state()))
                        .collect(Collectors.joining());
    }

    private void addresses(SteeringStatus steering) {
        html.open("ul", "class", "addresses", "aria-label", "addresses");
        steering.groups().stream()
                .map(group -> group.address().declared())
                .distinct()
                .forEach(address -> {
                    Long open = connections.get(address);
                    html.open("li").element("code", address.toString());
                    html.text(open == null ? "" : " " + open + " open").close();
                });
        html.close();
        if (!steering.why().isEmpty()) {
            html.element(
                    "p",
                    "Connections are moved as " + Results.word(steering.mode()) + ": " + steering.why(),
                    "class",
                    "since");
        }
    }

    private void ledger(Totals totals) {
        long handovers = totals.of(Total.LOSSLESS) + totals.of(Total.NOT_LOSSLESS) + totals.of(Total.NOT_SHOWN);
        if (handovers == 0) {
            return;
        }
        html.element("p", "All handovers together", "class", "all");
        html.open("dl", "class", "ledger");
        figure("handovers", handovers);
        figure("lossless", totals.of(Total.LOSSLESS));
        figure("not lossless", totals.of(Total.NOT_LOSSLESS));
        figure("not shown", totals.of(Total.NOT_SHOWN));
        figure("connections finished", totals.of(Total.FINISHED));
        figure("closed while idle", totals.of(Total.CLOSED_WHILE_IDLE));
        figure("cut", totals.of(Total.CUT));
        figure("left at release", totals.of(Total.LEFT_AT_RELEASE));
        figure("not seen", totals.of(Total.NOT_SEEN));
        html.close();
    }

    private void figure(String name, long value) {
        html.open("div").element("dt", name).element("dd", ReloadAccount.grouped(value));
        html.close();
    }

    private void commands(ServiceStatus service) {
        html.open("p", "class", "commands").text("To act, type ");
        List<String> verbs = switch (stage(service)) {
            case CANARY -> List.of("promote", "pause", "rollback");
            case STANDBY -> List.of("rollback", "reload");
            case STOPPED -> List.of("start");
            case USUAL -> List.of("reload", "rollback", "history");
        };
        verbs.forEach(verb -> html.element("code", CommandNames.CTL + " " + verb + " " + service.service())
                .text(" "));
        html.close();
    }

    private enum Stage {
        USUAL,
        CANARY,
        STANDBY,
        STOPPED
    }

    private static Stage stage(ServiceStatus service) {
        if (service.state() == ServiceState.STOPPED) {
            return Stage.STOPPED;
        }
        if (service.generations().stream()
                .anyMatch(generation -> generation.canary().isPresent())) {
            return Stage.CANARY;
        }
        boolean standby = service.generations().stream()
                .anyMatch(generation -> generation.standby().isPresent());
        return standby ? Stage.STANDBY : Stage.USUAL;
    }
}
