package dev.handover.supervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What {@code supervisorctl status} shows, from what the supervisor said. */
class StatusViewTest {
    private static String shown(String services) throws IOException {
        return StatusView.of(Json.parse(("{'services':[" + services + "]}").replace('\'', '"')));
    }

    @Test
    void aServiceThatIsDownSaysSinceWhenAndWhyAndWhatWasWrittenLast() throws IOException {
        assertThat(
                        shown(
                                "{'service':'web','state':'down','since':'2026-03-01T12:00:00Z','serving':3,"
                                        + "'reason':'web/g3/w1 (pid 7) exited with 7 before it was ready','last_lines':['no licence'],"
                                        + "'generations':[{'generation':3,'state':'serving','in_state_ms':1,'workers':["
                                        + "{'worker':1,'state':'waiting','in_state_ms':400,'restarts':4,'last_exit':'exited with 7','starts_in_ms':2400}]}]}"))
                .isEqualTo("""
                        web: down since 2026-03-01T12:00:00Z, generation 3, 0 of 1 worker
                          web/g3/w1 (pid 7) exited with 7 before it was ready
                            | no licence
                          GEN  STATE    WORKER  STATE    PID  FOR    OPEN  RESTARTS
                          3    serving  1       waiting  -    0.4 s  -     4
                               dead for 0.4 s: exited with 7; it is started again in 2.4 s
                        """);
    }

    @Test
    void oneThatRunsWithFewerWorkersThanItShouldSaysSo() throws IOException {
        assertThat(shown("{'service':'web','state':'running','since':'2026-03-01T12:00:00Z','serving':3,"
                        + "'reason':'web/g3/w2 could not be started: EAGAIN','generations':[{'generation':3,"
                        + "'state':'serving','workers':[{'worker':1,'state':'ready','pid':7},"
                        + "{'worker':2,'state':'waiting'}]}]}"))
                .startsWith("""
                        web: running, generation 3 serves, 1 of 2 workers
                          web/g3/w2 could not be started: EAGAIN
                        """);
    }

    @Test
    void sinceWhenAWorkerIsHealthyOrNotIsShownAndWhy() throws IOException {
        assertThat(shown("{'service':'web','state':'running','serving':3,'generations':[{'generation':3,"
                        + "'state':'serving','in_state_ms':1,'workers':["
                        + "{'worker':1,'state':'ready','pid':7,'in_state_ms':400,'restarts':0,'health':"
                        + "{'state':'unhealthy','since':'2026-03-01T12:00:00Z','set_aside':true,"
                        + "'why':'GET /healthz at 127.0.0.1:80 was answered with 500, not 200'}},"
                        + "{'worker':2,'state':'ready','pid':8,'in_state_ms':400,'restarts':0,'health':"
                        + "{'state':'healthy','since':'2026-03-01T11:00:00Z','set_aside':false}},"
                        + "{'worker':3,'state':'ready','pid':9,'in_state_ms':400,'restarts':0,'health':"
                        + "{'state':'not-shown','since':'2026-03-01T11:00:00Z','set_aside':false,"
                        + "'why':'nothing is steered'}}]}]}"))
                .isEqualTo("""
                        web: running, generation 3 serves
                          GEN  STATE    WORKER  STATE  PID  FOR    OPEN  RESTARTS
                          3    serving  1       ready  7    0.4 s  -     0
                               unhealthy since 2026-03-01T12:00:00Z, gets no new connections
                                 GET /healthz at 127.0.0.1:80 was answered with 500, not 200
                          3    serving  2       ready  8    0.4 s  -     0
                               healthy since 2026-03-01T11:00:00Z
                          3    serving  3       ready  9    0.4 s  -     0
                               not shown to be healthy since 2026-03-01T11:00:00Z
                                 nothing is steered
                        """);
    }

    @Test
    void whatAGenerationTakesIsShownBelowItsWorkersAsFarAsItIsCounted() throws IOException {
        assertThat(
                        shown(
                                "{'service':'web','state':'running','serving':4,'generations':[{'generation':3,"
                                        + "'state':'draining','usage':{'cpu_ms':7500,'tasks':1},'workers':[{'worker':1,'state':'draining',"
                                        + "'pid':7,'in_state_ms':1000,'restarts':0}]},{'generation':4,'state':'serving','usage':"
                                        + "{'cpu_ms':86400000,'memory_bytes':152043520,'memory_peak_bytes':5368709120,'tasks':1024,"
                                        + "'oom_kills':2},'workers':[{'worker':1,'state':'ready','pid':8,'in_state_ms':1000,'restarts':0}]}]}"))
                .isEqualTo("""
                        web: running, generation 4 serves
                          GEN  STATE     WORKER  STATE     PID  FOR    OPEN  RESTARTS
                          3    draining  1       draining  7    1.0 s  -     0
                               all of it: CPU 7.5 s, 1 task
                          4    serving   1       ready     8    1.0 s  -     0
                               all of it: CPU 1 d 0 h, memory 145 MiB (peak 5.0 GiB), 1024 tasks
                               the kernel has killed 2 of its processes for want of memory
                        """);
    }

    @Test
    void oneThatStandsBySaysForHowLongAndHowToGoBack() throws IOException {
        assertThat(shown("{'service':'web','state':'running','serving':4,'generations':[{'generation':3,"
                        + "'state':'standby','standby_left_ms':75000,'workers':[{'worker':1,'state':'ready','pid':7,"
                        + "'in_state_ms':1000,'restarts':0}]},{'generation':4,'state':'serving','workers':["
                        + "{'worker':1,'state':'ready','pid':8,'in_state_ms':1000,'restarts':0}]}]}"))
                .isEqualTo("""
                        web: running, generation 4 serves
                          GEN  STATE    WORKER  STATE  PID  FOR    OPEN  RESTARTS
                          3    standby  1       ready  7    1.0 s  -     0
                               stands by for 1 min 15 s more; supervisorctl rollback goes back to it
                          4    serving  1       ready  8    1.0 s  -     0
                        """);
    }

    @Test
    void howTheLastReloadEndedIsShownAndItsReasonOnce() throws IOException {
        assertThat(shown("{'service':'web','state':'running','serving':3,'last_reload':{'at':'2026-03-01T12:00:00Z',"
                        + "'outcome':'completed','to':3,'reason':'generation 3 serves','verdict':'lossless, steered'},"
                        + "'generations':[]},"
                        + "{'service':'new','state':'stopped','since':'2026-03-01T12:00:00Z','reason':'it broke',"
                        + "'last_lines':['no table'],'last_reload':{'at':'2026-03-01T12:00:00Z','outcome':'failed',"
                        + "'to':1,'reason':'it broke','last_lines':['no table']},'generations':[]}"))
                .isEqualTo("""
                        web: running, generation 3 serves
                          last reload completed at 2026-03-01T12:00:00Z, lossless, steered
                        new: stopped since 2026-03-01T12:00:00Z
                          last reload failed at 2026-03-01T12:00:00Z
                            it broke
                            | no table
                        """);
    }

    @Test
    void whatTheFileWouldChangeComesFirst() throws IOException {
        String file = "{'configuration':{'file':'/etc/handover.toml'";
        assertThat(StatusView.of(Json.parse((file + "},'services':[]}").replace('\'', '"'))))
                .isEmpty();
        assertThat(StatusView.of(
                        Json.parse((file + ",'changed':['web'],'added':['new']},'services':[]}").replace('\'', '"'))))
                .isEqualTo("""
                        /etc/handover.toml differs from what runs; the next reload takes it up:
                          web is changed, new is added
                        """);
        assertThat(StatusView.of(Json.parse((file
                                + ",'changed':['api','web'],'workers':[{'service':'web','running':3,'file':2}]},'services':[]}")
                        .replace('\'', '"'))))
                .isEqualTo("""
                        /etc/handover.toml differs from what runs; the next reload takes it up:
                          api is changed, web is changed and runs with 3 workers, not 2
                        """);
        assertThat(StatusView.of(Json.parse(
                        (file + ",'problem':'/etc/handover.toml:2:1: no\\nmore'},'services':[]}").replace('\'', '"'))))
                .isEqualTo("""
                        /etc/handover.toml can't be used, and a reload would be refused:
                          /etc/handover.toml:2:1: no
                          more
                        """);
    }

    @Test
    void allOfItFitsEightyColumnsWithTheLongestNamesAndAddresses() throws IOException {
        String name = "n".repeat(64);
        String worker =
                "'state':'terminating','pid':4194304,'in_state_ms':3599000,'connections':123456," + "'restarts':12345}";
        String shown =
                shown("{'service':'" + name + "','state':'down','since':'2026-03-01T12:00:00.250Z','serving':123456,"
                        + "'steering':{'mode':'steered','groups':[{'address':"
                        + "'tcp://[2001:db8:ffff:ffff:ffff:ffff:255.255.255.255]:65535?dual-stack','members':["
                        + "{'role':'stand-in','generation':123456,'worker':1024,'pid':4194304,'waiting':4294967295},"
                        + "{'role':'stranger','pid':4194304,'command':'" + "x".repeat(200) + "'}],"
                        + "'rivals':[{'address':'tcp://[::]:1','pid':4194304,'command':'" + "x".repeat(200) + "'}]}]},"
                        + "'last_reload':{'at':'2026-03-01T12:00:00.250Z','outcome':'completed','reason':'',"
                        + "'verdict':'lossless, steered'},"
                        + "'generations':[{'generation':123456,'state':'quiescing','workers':[{'worker':1024," + worker
                        + ",{'worker':1," + worker + "]}]}");
        assertThat(shown.lines())
                .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(80));
        assertThat(shown).contains("123456").contains(name);
    }
}
