package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The files that the main one includes. */
final class Includes {
    private static final Pattern WILDCARD = Pattern.compile("[*?\\[{]");

    private final Path main;
    private final Path folder;
    private final Sources sources;
    private final Problems problems;
    private boolean complete = true;

    /** @param main which is never one of them, whatever the patterns say */
    Includes(Path main, Path folder, Sources sources, Problems problems) {
        this.main = main;
        this.folder = folder;
        this.sources = sources;
        this.problems = problems;
    }

    /** Whether no pattern was a problem so far. */
    boolean areComplete() {
        return complete;
    }

    /** Those that the patterns of a node name, each once, in the order of their paths. */
    List<Path> of(Node include) {
        TreeSet<Path> files = new TreeSet<>();
        complete &= include.isArray();
        for (Node element : include.elements("an array of patterns, such as [\"conf.d/*.toml\"]")) {
            element.string("a pattern, such as \"conf.d/*.toml\"")
                    .ifPresentOrElse(pattern -> files.addAll(of(pattern, element)), () -> complete = false);
        }
        files.removeIf(this::isMain);
        return List.copyOf(files);
    }

    private List<Path> of(String pattern, Node element) {
        try {
            if (pattern.isEmpty()) {
                throw new BadInclude("expected a pattern, found the empty string");
            }
            return matching(Path.of(pattern));
        } catch (BadInclude bad) {
            problem(String.valueOf(bad.getMessage()), element);
        } catch (InvalidPathException | PatternSyntaxException bad) {
            problem("'" + pattern + "' is no pattern; expected one such as \"conf.d/*.toml\"", element);
        }
        return List.of();
    }

    private void problem(String why, Node element) {
        complete = false;
        element.problem(why);
    }

    private List<Path> matching(Path pattern) throws BadInclude {
        List<Path> found = List.of(pattern.isAbsolute() ? Path.of("/") : folder);
        boolean wild = false;
        for (int i = 0; i < pattern.getNameCount(); i++) {
            String name = pattern.getName(i).toString();
            List<Path> next = new ArrayList<>();
            for (Path place : found) {
                if (WILDCARD.matcher(name).find()) {
                    next.addAll(listed(place, name, wild));
                } else {
                    next.add(name.equals(".") ? place : place.resolve(name));
                }
            }
            wild |= WILDCARD.matcher(name).find();
            found = next;
        }
        found.forEach(sources::note);
        return wild ? found.stream().filter(Includes::mayBeFile).toList() : named(found);
    }

    /** A file that is named without a wildcard must be there. */
    private static List<Path> named(List<Path> files) throws BadInclude {
        for (Path file : files) {
            if (Files.notExists(file)) {
                throw new BadInclude("there is no file " + file);
            }
        }
        return files;
    }

    /** A link to nowhere is one, so that it is told. */
    private static boolean mayBeFile(Path match) {
        return !Files.isDirectory(match) && Files.exists(match, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * What a wildcard finds in a folder; as in a shell, nothing that is hidden.
     *
     * @param found whether the folder was found by a wildcard itself, and may be something else
     */
    private List<Path> listed(Path place, String pattern, boolean found) throws BadInclude {
        if (found && !Files.isDirectory(place)) {
            return List.of();
        }
        sources.note(place);
        List<Path> all = new ArrayList<>();
        try (DirectoryStream<Path> matches = Files.newDirectoryStream(place, pattern)) {
            matches.forEach(all::add);
        } catch (NoSuchFileException | NotDirectoryException missing) {
            // Else a folder's name that is mistyped, or that a deploy has moved away, would remove its services.
            throw new BadInclude("there is no folder " + place);
        } catch (AccessDeniedException refused) {
            throw new BadInclude(Why.of(refused));
        } catch (IOException unread) {
            problems.unread();
            throw new BadInclude(Why.of(unread));
        } catch (DirectoryIteratorException unread) {
            problems.unread();
            throw new BadInclude(Why.of(Objects.requireNonNull(unread.getCause())));
        }
        all.removeIf(match -> match.getFileName().toString().startsWith("."));
        return all;
    }

    private boolean isMain(Path file) {
        try {
            return Files.isSameFile(file, main);
        } catch (IOException gone) {
            return false;
        }
    }

    /** What is wrong with a pattern, for users. */
    private static final class BadInclude extends Exception {
        private static final long serialVersionUID = 1;

        BadInclude(String why) {
            super(why);
        }
    }
}
