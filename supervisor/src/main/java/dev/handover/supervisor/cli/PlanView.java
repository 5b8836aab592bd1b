package dev.handover.supervisor.cli;

/** What {@code supervisorctl reload --dry-run} shows: service by service what would become of it. */
final class PlanView {
    private PlanView() {}

    static String of(Json result) {
        StringBuilder text = new StringBuilder();
        for (Json plan : result.objects("plan")) {
            boolean same = plan.objects("changes").isEmpty();
            String what = switch (plan.text("action")) {
                case "start" -> "would be started";
                case "remove" -> "would be removed";
                case "stay-stopped" -> "is stopped, and would stay so";
                case "hand-over" ->
                    same ? "would be handed over to the same anew" : "would be handed over to a new generation";
                default -> Texts.words(plan.text("action"));
            };
            text.append(Texts.harmless(plan.text("service")))
                    .append(": ")
                    .append(what)
                    .append('\n');
            plan.objects("changes").forEach(change -> append(change, text));
        }
        result.texts("warnings")
                .forEach(warning -> text.append(Texts.harmless(warning)).append('\n'));
        return text.append(result.flag("changes_anything") ? "" : "nothing differs from what runs\n")
                .append("nothing was done\n")
                .toString();
    }

    private static void append(Json change, StringBuilder text) {
        String from = Texts.harmless(change.text("from"));
        String to = Texts.harmless(change.text("to"));
        text.append("  ").append(Texts.harmless(change.text("key"))).append(": ");
        if (from.isEmpty()) {
            text.append("new, ").append(to);
        } else if (to.isEmpty()) {
            text.append("gone, was ").append(from);
        } else {
            text.append(from).append(" -> ").append(to);
        }
        text.append('\n');
    }
}
