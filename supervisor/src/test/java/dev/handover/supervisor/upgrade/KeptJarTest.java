package dev.handover.supervisor.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.linux.CString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptJarTest {
    private final Path folder;
    private final Path jar;
    private final Path kept;

    KeptJarTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.jar = Files.writeString(folder.resolve("a.jar"), "the old one");
        this.kept = Files.createDirectory(folder.resolve("kept"));
    }

    private List<CString> words(Path jar) {
        return Stream.of("java", "-Xrs", "-cp", jar.toString(), "Main", "--config", "x")
                .map(CString::of)
                .toList();
    }

    @Test
    void itIsWhatWasOpenedAlsoWhereAnotherOneHasItsName() throws Exception {
        try (InputStream running = Files.newInputStream(jar)) {
            Path next = Files.writeString(folder.resolve("next"), "the new one");
            Files.move(next, jar, StandardCopyOption.REPLACE_EXISTING);
            Path copy = kept.resolve("previous.jar");
            assertThat(KeptJar.keep(words(jar), kept)).isEqualTo(words(copy));
            assertThat(copy).hasContent("the old one");
            assertThat(running.read()).isEqualTo('t');
        }
    }

    @Test
    void nativeCodeOfAnotherVersionIsNotForIt() throws Exception {
        List<CString> packaged = new ArrayList<>(words(jar));
        packaged.add(1, CString.of("-Djffi.boot.library.path=/usr/lib/jni"));
        try (InputStream running = Files.newInputStream(jar)) {
            assertThat(KeptJar.keep(packaged, kept)).isEqualTo(words(kept.resolve("previous.jar")));
            assertThat(running.read()).isEqualTo('t');
        }
    }

    @Test
    void oneThatIsNotOpenCannotBeKept() {
        assertThatThrownBy(() -> KeptJar.keep(words(folder.resolve("b.jar")), kept))
                .isInstanceOf(IOException.class)
                .hasMessage("this supervisor has no b.jar open to keep for the way back");
    }

    @Test
    void theArgumentsAreThoseOfTheSupervisorAlone() throws Exception {
        assertThat(KeptJar.arguments(words(jar))).containsExactly(CString.of("--config"), CString.of("x"));
        assertThatThrownBy(() -> KeptJar.arguments(List.of(CString.of("java"), CString.of("-version"))))
                .hasMessage("this supervisor was not started by its launcher, supervisord");
    }
}
