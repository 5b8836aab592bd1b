package dev.handover.supervisor.upgrade;

import com.google.gson.JsonObject;
import dev.handover.supervisor.linux.Image;
import dev.handover.supervisor.terms.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a supervisor leaves the one that takes its place to know.
 *
 * @param at when it gave way
 * @param wayBack what the one that gave way is made of again, from the jar that was kept
 * @param lifeline the number of the descriptor at which the reader of workers' output sleeps, open; empty where there is none
 * @param failure why the other one did not take the place: it is told to the one from before, who runs again; else empty
 */
record Note(Request.Upgrade upgrade, Instant at, Image wayBack, OptionalInt lifeline, Optional<String> failure) {

    Note failed(String why) {
        return new Note(upgrade, at, wayBack, lifeline, Optional.of(why));
    }

    /** For its owner alone: it has the environment, and so what is secret in that. */
    void save(Path path) throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty("id", upgrade.id());
        json.addProperty("from", upgrade.from());
        json.addProperty("to", upgrade.to());
        json.addProperty("at", at.toString());
        json.add("way_back", ImageJson.write(wayBack));
        lifeline.ifPresent(number -> json.addProperty("lifeline", number));
        failure.ifPresent(why -> json.addProperty("failure", why));
        Path draft = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(draft);
        Files.createFile(draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(draft, json.toString());
        Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static Note read(Path path) throws IOException {
        return Json.read(
                Files.readString(path, StandardCharsets.UTF_8),
                json -> new Note(
                        new Request.Upgrade(
                                json.get("id").getAsString(),
                                json.get("from").getAsString(),
                                json.get("to").getAsString()),
                        Instant.parse(json.get("at").getAsString()),
                        ImageJson.read(json.getAsJsonObject("way_back")),
                        json.has("lifeline")
                                ? OptionalInt.of(json.get("lifeline").getAsInt())
                                : OptionalInt.empty(),
                        json.has("failure") ? Optional.of(json.get("failure").getAsString()) : Optional.empty()));
    }
}
