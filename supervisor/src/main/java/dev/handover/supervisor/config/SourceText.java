package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tomlj.TomlPosition;

/** The text of a configuration file. */
final class SourceText {
    private static final int LONGEST = 1 << 20;

    private final List<String> lines;
    private final String text;

    SourceText(String text) {
        this.text = text;
        this.lines = List.of(text.split("\n", -1));
    }

    /**
     * Reads a file of UTF-8; what keeps it from being read becomes a problem.
     *
     * @param expected what it should hold, for people
     */
    static Optional<SourceText> read(Path file, String expected, Problems problems) {
        byte[] bytes;
        if (Files.isDirectory(file)) {
            problems.addAboutFile("this is a folder; expected a file of " + expected);
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LONGEST + 1);
        } catch (NoSuchFileException e) {
            problems.addAboutFile("no such file");
            return Optional.empty();
        } catch (AccessDeniedException e) {
            problems.addAboutFile("this user may not read the file");
            return Optional.empty();
        } catch (IOException e) {
            problems.addUnread(Why.of(e));
            return Optional.empty();
        }
        if (bytes.length > LONGEST) {
            problems.addAboutFile("longer than 1 MiB; expected a file of " + expected);
            return Optional.empty();
        }
        return decode(bytes, problems);
    }

    private static Optional<SourceText> decode(byte[] bytes, Problems problems) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            String lastLine = text.substring(text.lastIndexOf('\n') + 1);
            int line = (int) text.chars().filter(c -> c == '\n').count() + 1;
            int column = lastLine.codePointCount(0, lastLine.length()) + 1;
            String octet = String.format("0x%02x", bytes[in.position()]);
            problems.add(TomlPosition.positionAt(line, column), "", "byte " + octet + " is not UTF-8");
            return Optional.empty();
        }
        // Some editors begin a file with a byte-order mark; it is no part of the text.
        return Optional.of(new SourceText(text.startsWith("\ufeff") ? text.substring(1) : text));
    }

    String text() {
        return text;
    }

    List<String> lines() {
        return lines;
    }

    /**
     * The value at a position or after it. tomlj gives an array's element the position of what separates it from the
     * one before, newlines and comments included.
     */
    TomlPosition valueFrom(TomlPosition position) {
        int line = position.line();
        int column = position.column();
        while (line <= lines.size()) {
            String rest = lines.get(line - 1);
            int[] characters = rest.codePoints().skip(column - 1L).toArray();
            for (int i = 0; i < characters.length && characters[i] != '#'; i++) {
                if (!Character.isWhitespace(characters[i])) {
                    return TomlPosition.positionAt(line, column + i);
                }
            }
            line++;
            column = 1;
        }
        return position;
    }
}
