package dev.handover.supervisor.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether a command could be run, as far as that can be told without running it. What can't be is a problem of its own
 * service: the folder of one that is gone must not keep others from starting, reloading or being gone on with.
 */
final class CommandCheck {
    private final Path directory;
    private final Variables variables;

    CommandCheck(Path directory, Variables variables) {
        this.directory = directory;
        this.variables = variables;
    }

    static void checkDirectory(Path directory, Node node) {
        if (Files.notExists(directory)) {
            node.problemOfMachine("there is no folder " + directory);
        } else if (!Files.isDirectory(directory)) {
            node.problemOfMachine(directory + " is not a folder");
        } else if (!Files.isExecutable(directory) || !Files.isReadable(directory)) {
            node.problemOfMachine("this user may not enter and read the folder " + directory);
        }
    }

    void checkProgram(String word, Node node) {
        if (word.isEmpty()) {
            node.problem("empty; expected a program");
            return;
        }
        // A program that is another for each worker can't be looked for; nor can one in a folder that is a problem
        // itself.
        Optional<String> program = variables.filled(word);
        Optional<String> path = variables.path();
        if (program.isEmpty() || path.isEmpty() || !Files.isDirectory(directory)) {
            return;
        }
        String name = program.get();
        if (Programs.find(name, directory, path.get()).isEmpty()) {
            node.problemOfMachine(
                    name.contains("/") ? aboutPath(Paths.withoutDots(directory.resolve(name))) : aboutName(name));
        }
    }

    private static String aboutPath(Path file) {
        if (Files.notExists(file)) {
            return "there is no file " + file;
        }
        return file
                + (Files.isDirectory(file) ? " is a folder; expected a program" : " may not be executed by this user");
    }

    private String aboutName(String word) {
        String hint = Files.isRegularFile(directory.resolve(word)) ? "; did you mean './" + word + "'?" : "";
        return "there is no program '" + word + "' on PATH" + hint;
    }
}
