package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ImageTest {
    /** HUP and TERM. */
    private static final long BLOCKED = 1L << 0 | 1L << 14;

    /** No script of a shell's, which blocks signals as it likes. The descriptor that the folder is read by is listed, too. */
    private static final String SHOW = """
            import os
            print(os.getpid())
            print(os.environb[b"WORD"].decode())
            print(open("/proc/self/status").read().split("SigBlk:\\t")[1].split()[0])
            kept = int(os.environ["KEPT"])
            print(sorted(int(one) for one in os.listdir("/proc/self/fd") if int(one) != kept))
            print(os.fstat(kept).st_mode >> 12)
            """;

    /** A JVM of its own, which becomes a program that says what it has. */
    static final class Becomes {
        private Becomes() {}

        public static void main(String[] arguments) throws IOException {
            Fifo kept = Fifo.create(Path.of(arguments[0]).resolve("kept"));
            Files.newInputStream(Path.of(arguments[0]).resolve("file"));
            Image shows = new Image(
                    Path.of("/usr/bin/python3"),
                    List.of(CString.of("python3"), CString.of("-c"), CString.of(SHOW)),
                    List.of(CString.of("WORD=h\u00e9"), CString.of("KEPT=" + kept.number())),
                    BLOCKED);
            shows.become(OptionalInt.of(kept.number()));
        }
    }

    @Test
    void theOtherProgramHasThePidAndWhatItIsGivenAndNothingElse(@TempDir Path folder) throws Exception {
        Files.createFile(folder.resolve("file"));
        Process process = java(Becomes.class, folder);
        List<String> said = lines(process);
        assertThat(process.waitFor()).isZero();
        assertThat(said)
                .containsExactly(
                        Long.toString(process.pid()), "h\u00e9", String.format("%016x", BLOCKED), "[0, 1, 2, 3]", "1");
    }

    /** Says what this one was made of. */
    static final class Says {
        private Says() {}

        public static void main(String[] arguments) throws IOException {
            Image own = Image.ofThisProcess();
            System.out.println(own.file());
            System.out.println(own.words().get(own.words().size() - 1));
            System.out.println(own.environment().contains(CString.of("WORD=x")));
        }
    }

    @Test
    void aProcessKnowsWhatItWasMadeOf(@TempDir Path folder) throws Exception {
        Process process = java(Says.class, folder);
        assertThat(lines(process)).last().isEqualTo("true");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void oneThatCannotBecomeAnotherGoesOn() {
        Image none = new Image(Path.of("/nonexistent"), List.of(CString.of("x")), List.of(), 0);
        assertThat(refusal(none)).contains("execve: ENOENT (/nonexistent)");
    }

    private static String refusal(Image image) {
        try {
            image.become(OptionalInt.empty());
            return "none";
        } catch (IOException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    private static Process java(Class<?> program, Path folder) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("WORD", "x");
        return builder.start();
    }

    private static List<String> lines(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }
}
