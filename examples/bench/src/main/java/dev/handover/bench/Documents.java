package dev.handover.bench;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What was measured, in a folder of documents. */
final class Documents {
    private Documents() {}

    /** Writes NAME.json, and the table into benchmarks.md, between its comments of that name. */
    static void write(Path folder, String name, Object figures, String table) throws IOException {
        Files.writeString(
                folder.resolve(name + ".json"),
                new GsonBuilder()
                                .setPrettyPrinting()
                                .disableHtmlEscaping()
                                .create()
                                .toJson(figures) + "\n");
        Path page = folder.resolve("benchmarks.md");
        Files.writeString(page, inserted(Files.readString(page), name, table));
    }

    /**
     * A page with another table.
     *
     * @throws IOException if it has no place for that
     */
    static String inserted(String page, String name, String table) throws IOException {
        String begin = "<!-- " + name + " -->\n";
        String end = "<!-- /" + name + " -->\n";
        int from = page.indexOf(begin);
        int to = page.indexOf(end, Math.max(from, 0));
        if (from < 0 || to < 0) {
            throw new IOException("the page has no " + begin.strip() + " with a " + end.strip() + " below");
        }
        return page.substring(0, from + begin.length()) + table.strip() + "\n" + page.substring(to);
    }
}
