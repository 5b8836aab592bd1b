package dev.handover.supervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {
    @Test
    void aFrameBeginsAtTheTopAndLeavesNothingOfTheOneBefore() {
        assertThat(Screen.frame(List.of("one", "two"), 24)).isEqualTo("\u001b[Hone\u001b[K\ntwo\u001b[K\u001b[J");
    }

    @Test
    void whatIsHigherThanTheTerminalIsCutAndThatIsSaid() {
        assertThat(Screen.frame(List.of("one", "two", "three"), 2))
                .isEqualTo("\u001b[Hone\u001b[K\n(2 more lines)\u001b[K\u001b[J");
    }

    @Test
    void theTerminalIsLeftAsItWas() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Screen screen = new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        screen.draw("status");
        screen.close();
        screen.draw("too late");
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .startsWith("\u001b[?1049h\u001b[?25l\u001b[?7l")
                .endsWith("\u001b[?7h\u001b[?25h\u001b[?1049l")
                .doesNotContain("too late");
    }
}
