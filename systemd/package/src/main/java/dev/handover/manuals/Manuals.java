package dev.handover.manuals;

import dev.handover.supervisor.cli.CommandLines;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/** Writes the commands' manual pages, as Asciidoctor reads them, into the folder that the argument names. */
final class Manuals {
    private Manuals() {}

    public static void main(String[] arguments) throws IOException {
        CommandSpec[] commands = CommandLines.all().toArray(CommandSpec[]::new);
        int exitCode =
                ManPageGenerator.generateManPage(Path.of(arguments[0]).toFile(), null, new boolean[0], true, commands);
        if (exitCode != 0) {
            throw new IOException("the manual pages could not be written: picocli's generator returned " + exitCode);
        }
    }
}
