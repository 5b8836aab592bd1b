package dev.handover.supervisor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Report.ServiceState;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PageTest {
    private static String page(ServiceState state) throws Exception {
        FakeSupervisor supervisor = new FakeSupervisor();
        supervisor.state = state;
        try (Site site = Site.of(supervisor)) {
            return new String(site.answer(Question.of("/")).body(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void saysAllOfItWithoutAScript() throws Exception {
        assertThat(page(ServiceState.RUNNING))
                .contains("every service runs")
                .contains("The configuration file changes web; supervisorctl reload takes that up.")
                .contains("all new connections")
                .contains("generation 8")
                .contains("<dt>connections</dt>\n<dd>7</dd>")
                .contains("<dt>waiting</dt>\n<dd>5</dd>")
                .contains("<dt>age</dt>\n<dd>1 min 30 s</dd>")
                .contains("145 MiB")
                .contains(">lossless</span>")
                .contains("<code>supervisorctl rollback web</code>")
                .contains("<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>");
    }

    @Test
    void saysFirstWhatIsNotWell() throws Exception {
        assertThat(page(ServiceState.DOWN))
                .contains("<title>! Handover: web is down</title>")
                .contains("class=\"badge down\"");
    }

    @Test
    void nothingThatAWorkerSaysIsMarkup() throws Exception {
        String page = page(ServiceState.DOWN);
        assertThat(page).contains("&lt;script&gt;alert(&#39;&amp;&quot;&#39;)&lt;/script&gt;");
        assertThat(page.split("<script", -1)).hasSize(2);
        assertThat(new Html().open("p").text("a\u202Eb\u0007c").close().toString())
                .contains("a\uFFFDb\uFFFDc");
    }

    @Test
    void takesNothingFromElsewhere() throws Exception {
        String page = page(ServiceState.RUNNING);
        assertThat(page)
                .doesNotContain("http:")
                .doesNotContain("https:")
                .doesNotContain(" style=")
                .doesNotContainPattern("<[^>]* on[a-z]+=");
    }
}
