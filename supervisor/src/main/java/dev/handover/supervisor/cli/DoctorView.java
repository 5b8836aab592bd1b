package dev.handover.supervisor.cli;

/** What the doctor says: each service's handover, and what one could change. */
final class DoctorView {
    private static final String STEERED = "steered";

    private DoctorView() {}

    static String of(Json diagnosis) {
        StringBuilder text = new StringBuilder();
        for (Json service : diagnosis.objects("services")) {
            text.append(Texts.harmless(service.text("service"))).append(": ").append(mode(service, "mode", "why"));
            if (service.has("running") && !service.text("running").equals(service.text("mode"))) {
                text.append("; now ").append(mode(service, "running", "running_why"));
            }
            if (isNotUp(service)) {
                text.append("; now ")
                        .append(Texts.words(service.text("state")))
                        .append(": ")
                        .append(Texts.harmless(service.text("state_reason")));
            }
            text.append('\n');
            service.objects("findings").forEach(finding -> append(finding, text));
        }
        if (!diagnosis.objects("host").isEmpty()) {
            text.append("this host:\n");
            diagnosis.objects("host").forEach(finding -> append(finding, text));
        }
        if (diagnosis.has("starts")) { // else the supervisor is an earlier one
            text.append(starts(diagnosis)).append('\n');
        }
        if (diagnosis.has("cgroups")) {
            text.append(cgroups(diagnosis)).append('\n');
        }
        return text.toString();
    }

    private static String starts(Json diagnosis) {
        return diagnosis.text("starts").equals("low")
                ? "starts beside a generation that serves: at a lower share of the CPU"
                : "starts beside a generation that serves: not at a lower share of the CPU, since "
                        + Texts.harmless(diagnosis.text("starts_why"));
    }

    private static String cgroups(Json diagnosis) {
        String why = diagnosis.has("cgroups_why") ? Texts.harmless(diagnosis.text("cgroups_why")) : "";
        return diagnosis.flag("cgroups")
                ? "generations: in cgroups of their own" + (why.isEmpty() ? "" : ", " + why)
                : "generations: not in cgroups of their own, since " + why;
    }

    private static String mode(Json service, String mode, String why) {
        return Texts.words(service.text(mode))
                + (service.has(why) ? " (" + Texts.harmless(service.text(why)) + ")" : "");
    }

    private static void append(Json finding, StringBuilder text) {
        text.append("  - ").append(Texts.harmless(finding.text("text"))).append('\n');
        text.append("    change: ")
                .append(Texts.harmless(finding.text("advice")))
                .append('\n');
        text.append("    see: ").append(Texts.harmless(finding.text("command"))).append('\n');
    }

    /** Whether every service gets the handover that it is configured for, now as well, and none is down or kept from coming up. */
    static boolean isWell(Json diagnosis) {
        return diagnosis.objects("services").stream()
                .allMatch(service -> service.flag("as_configured") && !fallsShort(service) && !isNotUp(service));
    }

    /** Whether it is down, or can't come up. */
    private static boolean isNotUp(Json service) {
        return service.text("state").equals("down")
                || (service.text("state").equals("starting") && service.has("state_reason"));
    }

    /** Whether its generation that serves can't be steered, though this host could. */
    private static boolean fallsShort(Json service) {
        return service.text("mode").equals(STEERED)
                && service.has("running")
                && !service.text("running").equals(STEERED);
    }
}
