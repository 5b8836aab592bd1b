package dev.handover.supervisor.cli;

/** Who has got a signal, for people. */
final class SignalView {
    private SignalView() {}

    /** A line for each worker. */
    static String of(Json result) {
        StringBuilder text = new StringBuilder();
        String whose = result.text("to").equals("group") ? "the process group of " : "";
        for (Json worker : result.objects("workers")) {
            boolean sent = worker.flag("sent");
            String pid = worker.has("pid") ? " (pid " + worker.number("pid") + ")" : "";
            text.append(Texts.harmless(result.text("service")))
                    .append(sent ? ": " : ": not ")
                    .append(Texts.harmless(result.text("signal")))
                    .append(" to ")
                    .append(whose)
                    .append("worker ")
                    .append(worker.number("worker"))
                    .append(" of generation ")
                    .append(result.number("generation"))
                    .append(pid)
                    .append(sent ? "" : ": " + Texts.harmless(worker.text("why")))
                    .append('\n');
        }
        return text.toString();
    }
}
