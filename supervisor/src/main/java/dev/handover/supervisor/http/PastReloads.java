package dev.handover.supervisor.http;

import dev.handover.supervisor.control.Results;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.PastReload;
import dev.handover.supervisor.terms.Report.ServiceStatus;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** On the page, the last reloads of one service, each with its account as far as that is kept, and how the last one went. */
final class PastReloads {
    private static final List<String> TITLES = List.of("To", "Ended", "Outcome", "What came of it");

    private final Html html;
    private final ServiceStatus service;
    private final List<PastReload> past;
    private final Accounts accounts;

    /**
     * What is kept of them among the events.
     *
     * @param reports what came of each that has ended, from the oldest on
     * @param last how the last one went, or goes; empty where it is not told of
     */
    record Accounts(List<Told> reports, Optional<Told> last) {}

    /** @param past from the oldest on */
    PastReloads(Html html, ServiceStatus service, List<PastReload> past, Accounts accounts) {
        this.html = html;
        this.service = service;
        this.past = past;
        this.accounts = accounts;
    }

    void write() {
        Optional<Told> underWay = accounts.last().filter(last -> last.flag("under_way"));
        underWay.ifPresent(last -> story(last, "A reload is under way"));
        if (!past.isEmpty() || service.lastReload().isPresent()) {
            table();
        }
        if (underWay.isEmpty()) {
            accounts.last().ifPresent(last -> story(last, "How the last one went, step by step"));
        }
    }

    private void table() {
        html.open("table", "id", "reloads-" + service.service());
        html.element("caption", "Last reloads, the newest first");
        html.open("thead").open("tr");
        TITLES.forEach(title -> html.element("th", title, "scope", "col"));
        html.close().close();
        html.open("tbody");
        Optional<LastReload> last = service.lastReload();
        last.filter(this::isMissing)
                .ifPresent(reload -> row(
                        reload.to(), reload.at(), Results.word(reload.outcome()), reload.reason(), reload.verdict()));
        for (int i = past.size() - 1; i >= 0; i--) {
            PastReload reload = past.get(i);
            row(
                    Optional.of(reload.generation()),
                    reload.at(),
                    Results.word(reload.outcome()),
                    reload.reason(),
                    verdict(reload.generation()));
        }
        html.close().close();
    }

    /** Whether the history has nothing of it: it never began. */
    private boolean isMissing(LastReload last) {
        return past.stream().noneMatch(reload -> last.to().equals(Optional.of(reload.generation())));
    }

    private Optional<String> verdict(GenerationId to) {
        return service.lastReload()
                .filter(newest -> newest.to().equals(Optional.of(to)))
                .flatMap(LastReload::verdict)
                .or(() -> of(to).stream()
                        .flatMap(report -> report.object("ledger").stream())
                        .map(ledger -> ledger.text("verdict"))
                        .reduce((before, newest) -> newest));
    }

    /** More than one where a part was told of for itself, as the end of a standby is; a way back to it is another reload. */
    private List<Told> of(GenerationId to) {
        return accounts.reports().stream()
                .filter(report -> report.number("to") == to.number())
                .filter(report ->
                        !(report.has("rolled_back") && report.text("outcome").equals("completed")))
                .toList();
    }

    private void row(Optional<GenerationId> to, Instant at, String outcome, String reason, Optional<String> verdict) {
        String name = service.service() + "-" + to.map(GenerationId::toString).orElse("none");
        html.open("tr", "class", outcome, "id", "reload-" + name);
        html.element("th", to.map(GenerationId::toString).orElse("-"), "scope", "row");
        html.open("td");
        Times.moment(at, html);
        html.close();
        html.open("td").element("span", outcome, "class", "outcome").close();
        html.open("td").text(reason);
        verdict.ifPresent(word -> html.text(" ")
                .element("span", word, "class", "verdict " + (word.equals("lossless") ? "well" : "doubt")));
        html.close().close();
        List<Told> reports = to.map(this::of).orElse(List.of());
        if (!reports.isEmpty()) {
            html.open("tr", "class", "account", "id", "account-" + name)
                    .open("td", "colspan", String.valueOf(TITLES.size()));
            reports.forEach(report -> new ReloadAccount(html, report).write());
            html.close().close();
        }
    }

    /** Open while it goes on, so that one who watches sees the steps come. */
    private void story(Told story, String title) {
        boolean underWay = story.flag("under_way");
        String id = (underWay ? "now-" : "last-") + service.service();
        if (underWay) {
            html.open("details", "class", "story", "id", id, "open", "");
        } else {
            html.open("details", "class", "story", "id", id);
        }
        html.element("summary", title).open("ol");
        List<Told> events = story.objects("events");
        String begun = events.isEmpty() ? "" : events.get(0).text("at");
        for (Told event : events) {
            html.open("li", "class", event.text("severity"));
            html.element("span", since(begun, event.text("at")), "class", "when");
            html.element("span", sentence(event)).close();
        }
        html.close().close();
    }

    /** What comes to a whole paragraph stands in the account. */
    private static String sentence(Told event) {
        String text = event.text("text");
        boolean counted =
                event.text("what").equals("handed-over") || event.text("what").equals("reload-ended");
        int figures = text.indexOf("; ");
        return counted && figures > 0 ? text.substring(0, figures) : text;
    }

    private static String since(String begun, String at) {
        try {
            long millis =
                    Duration.between(Instant.parse(begun), Instant.parse(at)).toMillis();
            return millis < 0 ? "earlier" : "+" + Times.took(millis); // the clock was set back
        } catch (DateTimeException unknown) {
            return "";
        }
    }
}
