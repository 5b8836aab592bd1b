package dev.handover.supervisor.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.CommandNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each message that docs/operations.md explains is one that the program has: what is searched for is found. */
class MessagesDocumentTest {
    private static final Path DOCUMENT = Path.of("../docs/operations.md");
    private static final Pattern SECTION = Pattern.compile("(?s)\n## Messages that ask for action\n(.*?)\n## ");
    private static final Pattern FIRST_CELL = Pattern.compile("(?m)^\\| (`.*?) \\| ");
    private static final Pattern PHASE = Pattern.compile("\\(phase .*?\\)");
    private static final Pattern MESSAGE = Pattern.compile("`([^`]+)`");
    /** Where what differs stands, or may: the code puts a message together at such places. */
    private static final Pattern BETWEEN = Pattern.compile(
            "…|tcp://|[;,:()]|\\bSIG[A-Z]+\\b|web/g\\S+|\\b\\d+( m?s| connections)?\\b|\\bPLAIN\\b|python3");

    private static final Pattern JOINED_LITERALS = Pattern.compile("\"\\s*\\+\\s*\"");
    private static final int SHORTEST_PIECE = 8;

    @Test
    void everyMessageThatIsExplainedIsOneOfTheProgram() throws IOException {
        String source = source();
        List<String> pieces = pieces();
        assertThat(pieces).hasSizeGreaterThan(80);
        assertThat(pieces)
                .allSatisfy(piece -> assertThat(source.contains(piece))
                        .as("the message of %s has '%s', which no message of the program has", DOCUMENT, piece)
                        .isTrue());
    }

    private static List<String> pieces() throws IOException {
        String section =
                group(SECTION.matcher(Files.readString(DOCUMENT)).results().toList());
        List<String> pieces = new ArrayList<>();
        FIRST_CELL
                .matcher(section)
                .results()
                .forEach(cell -> MESSAGE.matcher(PHASE.matcher(cell.group(1)).replaceAll(""))
                        .results()
                        .flatMap(message -> BETWEEN.splitAsStream(message.group(1)))
                        .map(String::strip)
                        .filter(piece -> piece.length() >= SHORTEST_PIECE)
                        .forEach(pieces::add));
        return pieces;
    }

    private static String group(List<MatchResult> found) {
        assertThat(found).hasSize(1);
        return found.get(0).group(1);
    }

    private static String source() throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                text.append(JOINED_LITERALS
                        .matcher(Files.readString(file)
                                .replace("\" + CommandNames.CTL + \"", CommandNames.CTL)
                                .replace("\\\"", "\u0001"))
                        .replaceAll("")
                        .replace('\u0001', '"'));
            }
        }
        return text.toString();
    }
}
