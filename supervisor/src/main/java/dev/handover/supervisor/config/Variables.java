package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.EnvironmentFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a service's workers have in their environment, as far as it can be told before there is a worker. */
final class Variables {
    /** Empty: another for each worker, or unknown. */
    private final Map<String, Optional<String>> all = new HashMap<>();

    private final boolean complete;
    private final String where;

    /**
     * @param inherited from the supervisor
     * @param directory the service's
     * @param files each over those before it
     */
    Variables(Map<String, String> inherited, Optional<Path> directory, List<EnvironmentFile> files) {
        this(inherited, directory, files, Template.OF_ENVIRONMENT);
    }

    /** Of a command of the supervisor's own, which has what that inherited. */
    static Variables ofSupervisor(Map<String, String> inherited, Path directory) {
        return new Variables(inherited, Optional.of(directory), List.of(), Template.OF_SUPERVISOR);
    }

    private Variables(
            Map<String, String> inherited, Optional<Path> directory, List<EnvironmentFile> files, String where) {
        inherited.forEach((name, value) -> all.put(name, Optional.of(value)));
        all.put("PWD", directory.map(Path::toString));
        files.forEach(file -> file.variables().forEach((name, value) -> all.put(name, Optional.of(value))));
        EnvironmentCheck.REPLACED.forEach(name -> all.put(name, Optional.empty()));
        this.where = where;
        complete = files.stream().allMatch(file -> file.trouble().isEmpty());
    }

    /** The same, and what the templates of {@code environment} make of them. */
    Variables and(Map<String, String> environment) {
        return new Variables(this, environment);
    }

    private Variables(Variables before, Map<String, String> environment) {
        all.putAll(before.all);
        environment.forEach((name, value) -> all.put(name, before.filled(value)));
        where = Template.OF_COMMAND;
        complete = before.complete;
    }

    /** Empty where it is another for each worker, or can't be told. */
    Optional<String> filled(String template) {
        return EnvironmentCheck.template(template)
                .flatMap(parts -> parts.filled(
                        Optional::of,
                        name -> all.getOrDefault(name, Optional.empty()),
                        (one, next) -> one.flatMap(text -> next.map(text::concat))));
    }

    /** Where programs are looked for. */
    Optional<String> path() {
        return all.getOrDefault("PATH", Optional.of(Programs.PATH_WHEN_UNSET));
    }

    /** Says which of the names in a template nothing sets. */
    void check(String template, Node node) {
        if (complete) {
            EnvironmentCheck.template(template).stream()
                    .flatMap(parts -> parts.names().stream())
                    .filter(name -> !all.containsKey(name) && !name.startsWith("HANDOVER_"))
                    .forEach(name -> node.problemOfMachine(Template.unset(name, where)));
        }
    }
}
