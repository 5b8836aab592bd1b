package dev.handover.supervisor.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
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
    void showsHowAReloadWentAndWhatItDidToConnections() throws Exception {
        FakeSupervisor supervisor = new FakeSupervisor();
        supervisor.hasReloaded();
        try (Site site = Site.of(supervisor)) {
            assertThat(new String(site.answer(Question.of("/")).body(), StandardCharsets.UTF_8))
                    .contains("<li class=\"before\">start <b>0.8 s</b>")
                    .contains("<li class=\"draining\">drain <b>30 s</b>\n (drain timed out)")
                    .contains("<dt>finished</dt>\n<dd>41</dd>")
                    .contains("<div class=\"doubt\"><dt>not seen</dt>\n<dd>1</dd>")
                    .contains("the workers say: 43 open at most, 2 left")
                    .contains("it is not known &lt;script&gt;")
                    .contains("How the last one went, step by step")
                    .contains("reload of web &lt;script&gt;")
                    .doesNotContain("192.0.2.7");
        }
    }

    @Test
    void whatAnotherVersionHasWrittenOtherwiseIsLeftOut() {
        Told told = new Told(JsonParser.parseString(
                        "{\"phases\":[3,{\"phase\":\"new\",\"took_us\":-5}],\"drain\":{\"finished\":\"many\"},\"ledger\":[]}")
                .getAsJsonObject());
        Html html = new Html().open("p");
        new ReloadAccount(html, told).write();
        assertThat(html.close().toString()).contains("new <b>0 ms</b>");
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
