package dev.handover.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the figures were measured on.
 *
 * @param load the load average over a minute, before anything was measured
 */
record Machine(int cores, String kernel, String jdk, String load) {
    static Machine now() {
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.version", "?"),
                System.getProperty("java.version", "?"),
                loadNow());
    }

    private static String loadNow() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
        } catch (IOException e) {
            return "?";
        }
    }

    @Override
    public String toString() {
        return cores + " cores, Linux " + kernel + ", JDK " + jdk + ", load average " + load;
    }
}
