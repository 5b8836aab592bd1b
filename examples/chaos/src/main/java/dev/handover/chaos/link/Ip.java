package dev.handover.chaos.link;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Runs iproute2's {@code ip}. */
final class Ip {
    private Ip() {}

    /**
     * @return what it printed, by line
     * @throws IOException if there is no {@code ip}, or it failed: with what it said
     */
    static List<String> run(String... arguments) throws IOException {
        return run("", List.of(arguments));
    }

    /** Carries out one command per line in a namespace, up to the first that fails. */
    static void batch(String namespace, List<String> commands) throws IOException {
        run(String.join("\n", commands) + "\n", List.of("-n", namespace, "-batch", "-"));
    }

    private static List<String> run(String input, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(arguments);
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new IOException("a link needs the program 'ip' (iproute2), which cannot be started here", e);
        }
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.US_ASCII));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (exitCode(process) != 0) {
            throw new IOException(String.join(" ", command) + ": " + output.replace("\n", "; "));
        }
        return output.lines().toList();
    }

    /** It has closed its output, so it is about to end. */
    private static int exitCode(Process process) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.waitFor();
                } catch (InterruptedException e) {
                    // A tear-down must be finished even then.
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
