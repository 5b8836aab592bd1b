package dev.handover.supervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class SupervisorctlTest {
    private static final String START_BEGAN =
            "{'id':'1','event':{'service':'web','generation':8,'phase':'start','state':'began','text':'web generation 8"
                    + " starts'}}";
    private static final String START_ENDED =
            "{'id':'1','event':{'service':'web','generation':8,'phase':'start','state':'ended','took_ms':812,'end':'done','text':'web"
                    + " generation 8 is ready'}}";
    private static final String RELOADED =
            "{'id':'1','result':{'reloads':[{'service':'web','from':7,'to':8,'outcome':'completed','reason':'ok',"
                    + "'phases':[{'phase':'start','took_ms':812,'end':'done'},{'phase':'drain','took_ms':60000,"
                    + "'end':'drain-timed-out'}],'drain':{'finished':41,'closed_while_idle':6,'cut':1,'not_seen':0,'left_by_client':2,'handed_on':0,"
                    + "'said':{'open':48,'left':1},'advice':['start it with exec']}}]}}";
    private static final String RELOAD_FAILED =
            "{'id':'1','error':{'code':'failed','message':'web: it died','reloads':[{'service':'web','from':7,'to':8,"
                    + "'outcome':'failed','reason':'it died; generation 7 still serves','last_lines':['bind: in use'],"
                    + "'phases':[{'phase':'start','took_ms':95,'end':'exited-before-ready'}]}]}}";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();
    private final List<FakeSupervisor> supervisors = new ArrayList<>();
    private Path folder = Path.of("/");

    /** In /tmp itself, for a socket's path is at most 107 bytes. */
    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "ctl");
    }

    @AfterEach
    void removeFolder() throws IOException {
        for (FakeSupervisor supervisor : supervisors) {
            supervisor.close();
        }
        Files.deleteIfExists(socket());
        Files.delete(folder);
    }

    @Test
    void aReloadThatCompletesEndsWithZeroAndASummary() throws IOException {
        FakeSupervisor supervisor =
                supervisor("{'id':'1','event':{'accepted':''}}", START_BEGAN, START_ENDED, RELOADED);
        assertThat(run("reload", "web")).isEqualTo(0);
        assertThat(supervisor.requests()).containsExactly("{'id':'1','method':'reload','service':'web'}");
        assertThat(out().lines().toList())
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("web generation 8 starts"),
                        line -> assertThat(line).isEqualTo("web generation 8 is ready (start, 0.8 s)"),
                        line -> assertThat(line).isEqualTo("web: generation 8 serves, generation 7 is gone"),
                        line -> assertThat(line).isEqualTo("  start 0.8 s, drain 1 min 0 s (drain timed out)"),
                        line -> assertThat(line)
                                .isEqualTo("  the kernel shows: finished 41, closed while idle 6, cut 1, not seen 0,"
                                        + " left by the client 2"),
                        line -> assertThat(line).isEqualTo("  the workers say: 48 connections open, 1 left"),
                        line -> assertThat(line).isEqualTo("  advice: start it with exec"));
        assertThat(err()).isEmpty();
    }

    @Test
    void aCanaryOfOneReloadIsNotJudgedWhereThatIsSaid() throws IOException {
        FakeSupervisor supervisor = supervisor(RELOADED);
        assertThat(run("reload", "web", "--canary", "10%:2s", "--no-judge")).isEqualTo(0);
        assertThat(supervisor.requests())
                .containsExactly("{'id':'1','method':'reload','service':'web',"
                        + "'canary':{'steps':['10%'],'step':'2s','judge':false}}");
    }

    @Test
    void aReloadThatFailsEndsWithOneAndSaysWhy() throws IOException {
        supervisor(START_BEGAN, RELOAD_FAILED);
        assertThat(run("reload")).isEqualTo(1);
        assertThat(err()).isEqualTo("""
                        web: reload failed: it died; generation 7 still serves
                          start 95 ms (exited before ready)
                          its last lines:
                          | bind: in use
                        """);
    }

    @Test
    void theReasonOfAFailedReloadIsToldOnce() throws IOException {
        supervisor(
                START_BEGAN,
                "{'id':'1','event':{'service':'web','generation':8,'phase':'start','state':'ended','took_ms':95,"
                        + "'end':'exited-before-ready','text':'it died; generation 7 still serves'}}",
                RELOAD_FAILED);
        assertThat(run("reload")).isEqualTo(1);
        assertThat(out()).isEqualTo("web generation 8 starts\nweb generation 8: exited before ready (start, 95 ms)\n");
        assertThat(err()).containsOnlyOnce("it died");
    }

    @Test
    void anUpgradeEndsOnceTheNextSupervisorSaysWhatBecameOfIt() throws IOException {
        FakeSupervisor supervisor = supervisor(
                "{'id':'1','event':{'accepted':'tried'}}",
                "{'id':'1','result':{'upgrade':{'id':'u','from':'1.0','to':'2.0','outcome':'completed','without_ms':412,"
                        + "'workers':4,'services':1}}}");
        assertThat(run("upgrade")).isEqualTo(0);
        assertThat(supervisor.requests())
                .containsExactly("{'id':'1','method':'upgrade'}", "{'id':'1','method':'version'}");
        assertThat(out())
                .isEqualTo("supervisord 1.0 -> 2.0: 4 workers of 1 service adopted, 0.4 s without a supervisor\n");
    }

    @Test
    void anUpgradeThatWentBackEndsWithOneAndSaysWhy() throws IOException {
        supervisor("{'id':'1','result':{'upgrade':{'id':'u','from':'1.0','to':'2.0','outcome':'went-back',"
                + "'reason':'it died','without_ms':2412,'workers':1,'services':1}}}");
        assertThat(run("upgrade")).isEqualTo(1);
        assertThat(out()).isEmpty();
        assertThat(err()).isEqualTo("""
                        supervisorctl: version 2.0 did not take over: it died
                        supervisorctl: version 1.0 runs again: 1 worker of 1 service adopted, 2.4 s without a supervisor
                        """);
    }

    @Test
    void aReloadThatDoesNotWaitSaysThatItWasAccepted() throws IOException {
        FakeSupervisor supervisor = supervisor("{'id':'1','result':{'accepted':'reload of web'}}");
        assertThat(run("reload", "--no-wait")).isEqualTo(0);
        assertThat(supervisor.requests()).containsExactly("{'id':'1','method':'reload','wait':false}");
        assertThat(out()).isEqualTo("accepted: reload of web\n");
    }

    @Test
    void aReloadThatOutlastsTheTimeoutEndsWithOneAndGoesOn() throws IOException {
        supervisors.add(new FakeSupervisor(socket(), true, START_BEGAN));
        assertThat(run("reload", "--timeout", "50ms")).isEqualTo(1);
        assertThat(err()).isEqualTo("supervisorctl: the reload has not ended within 0.1 s; it goes on\n");
    }

    @Test
    void aSupervisorThatEndsTheConnectionWithoutAnAnswerHasCrashed() throws IOException {
        supervisor(START_BEGAN);
        assertThat(run("reload")).isEqualTo(7);
        assertThat(err()).contains("went away before it had answered").contains("unknown");
    }

    @Test
    void aSupervisorThatTalksNonsenseIsNoSupervisor() throws IOException {
        supervisor("SSH-2.0-OpenSSH");
        assertThat(run("status")).isEqualTo(7);
        assertThat(err())
                .startsWith("supervisorctl: the supervisor at " + socket())
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({
        "bad-request,           2",
        "unknown-service,       2",
        "invalid-configuration, 2",
        "failed,                1",
        "replaced,              1",
        "stopping,              1",
        "busy,                  1",
        "forbidden,             4",
        "never-heard-of,        1"
    })
    void anErrorCodeBecomesAnExitCodeAndItsMessageALineEach(String code, int exitCode) throws IOException {
        supervisor("{'id':null,'error':{'code':'" + code + "','message':'one\\ntwo'}}");
        assertThat(run("start", "web")).isEqualTo(exitCode);
        assertThat(err()).startsWith("supervisorctl: one\nsupervisorctl: two\n");
        assertThat(out()).isEmpty();
    }

    @Test
    void withoutASupervisorItEndsWithSeven() {
        assertThat(run("status")).isEqualTo(7);
        assertThat(err())
                .isEqualTo("supervisorctl: no supervisor is running at " + socket()
                        + " (there is no such socket); --socket names another place\n");
    }

    @Test
    void aSocketFileWithoutASupervisorEndsWithSevenToo() throws IOException {
        supervisor().close();
        assertThat(run("status")).isEqualTo(7);
        assertThat(err())
                .startsWith("supervisorctl: no supervisor is running at " + socket()
                        + " (it is there, but nobody listens on it);");
    }

    @Test
    void whatIsNoSocketIsToldAsWhatItIs() throws IOException {
        Path file = Files.createFile(socket());
        assertThat(runPlain("--socket", folder.toString(), "status")).isEqualTo(7);
        assertThat(err()).contains(folder + " (it is a folder, and no socket)");
        err.reset();
        assertThat(runPlain("--socket", file.toString(), "status")).isEqualTo(7);
        assertThat(err()).contains("nobody listens on it");
        err.reset();
        assertThat(runPlain("--socket", file + "/x", "status")).isEqualTo(7);
        assertThat(err())
                .contains("no supervisor is running at " + file + "/x (")
                .doesNotContain("permission");
    }

    @Test
    void whereNoSupervisorAnswersAllPlacesThatWereLookedAtAreListed() throws IOException {
        environment.put("XDG_RUNTIME_DIR", folder.toString());
        assertThat(runPlain("status")).isEqualTo(7);
        assertThat(err())
                .contains(folder + "/handover/control.sock (there is no such socket)")
                .contains("/tmp/handover-" + Files.getAttribute(folder, "unix:uid") + "/control.sock (")
                .contains("/run/handover/control.sock (");
        environment.put("RUNTIME_DIRECTORY", folder.toString());
        err.reset();
        assertThat(runPlain("status")).isEqualTo(7);
        assertThat(err()).contains("at " + folder + "/control.sock (").doesNotContain("/run/handover");
    }

    @ParameterizedTest
    @CsvSource({"running, 0", "down, 3", "starting, 3", "stopping, 3", "stopped, 3"})
    void statusTellsWhetherEveryServiceRuns(String state, int exitCode) throws IOException {
        supervisor("{'id':'1','result':{'services':[{'service':'api','state':'running','generations':[]},"
                + "{'service':'web','state':'" + state + "','generations':[]}]}}");
        assertThat(run("status")).isEqualTo(exitCode);
        assertThat(out()).isEqualTo("api: running\nweb: " + state + "\n");
    }

    @Test
    void statusShowsATableOfWorkers() throws IOException {
        supervisor("{'id':'1','result':{'services':[{'service':'web','state':'running','serving':8,"
                + "'steering':{'mode':'steered','groups':[{'address':'tcp://127.0.0.1:80','members':["
                + "{'role':'released','generation':7,'worker':1},"
                + "{'role':'serves','generation':8,'worker':1,'pid':4712,'waiting':3},"
                + "{'role':'stranger','pid':666,'command':'python3 evil.py'}],'rivals':[{'address':'tcp://[::1]:80','pid':9,'command':'x y'}]}]},'generations':["
                + "{'generation':7,'state':'draining','in_state_ms':1,'workers':[{'worker':1,'state':'draining',"
                + "'pid':4711,'in_state_ms':1200,'restarts':2,'last_exit':'killed by SIGKILL','connections':3,"
                + "'oldest':[{'peer':'10.0.0.7:51234','open_at_least_ms':250000},"
                + "{'peer':'[2001:db8:85a3:1:1:8a2e:370:7334]:51234','open_at_least_ms':250000}],"
                + "'text':'so\\u001b[2J long'}]},{'generation':8,'state':'serving','in_state_ms':1,'workers':["
                + "{'worker':1,'state':'waiting','in_state_ms':100000000,'restarts':0}]}]}]}}");
        assertThat(run("status", "web")).isEqualTo(0);
        assertThat(out()).isEqualTo("""
                        web: running, generation 8 serves, 0 of 1 worker, steered
                          GEN  STATE     WORKER  STATE     PID   FOR      OPEN  RESTARTS
                          7    draining  1       draining  4711  1.2 s    3     2
                               last exit: killed by SIGKILL
                               says: so?[2J long
                               waits for 10.0.0.7:51234, open for at least 4 min 10 s
                               waits for [2001:db8:85a3:1:1:8a2e:370:7334]:51234,
                                 open for at least 4 min 10 s
                               and for 1 connection more
                          8    serving   1       waiting   -     1 d 3 h  -     0
                          tcp://127.0.0.1:80
                            what comes to tcp://[::1]:80 goes elsewhere:
                              pid 9, x y
                            0  released: generation 7 worker 1
                            1  serves: generation 8 worker 1, pid 4712, 3 waiting
                            2  stranger: pid 666, python3 evil.py
                        """);
    }

    @Test
    void doctorSaysWhatToChangeAndEndsWithOneWhereAServiceIsNotAsConfigured() throws IOException {
        supervisor(
                "{'id':'1','result':{'services':[{'service':'web','mode':'plain','why':'EPERM','as_configured':false,"
                        + "'running':'steered','findings':[]}],'host':[{'text':'no','advice':'yes','command':'sysctl a'}]}}");
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out()).isEqualTo("""
                        web: plain (EPERM); now steered
                        this host:
                          - no
                            change: yes
                            see: sysctl a
                        """);
    }

    @Test
    void doctorSaysInOneLineThatStartsAreAtALowerShare() throws IOException {
        supervisor("{'id':'1','result':{'services':[],'host':[],'starts':'low'}}");
        assertThat(run("doctor")).isEqualTo(0);
        assertThat(out()).isEqualTo("starts beside a generation that serves: at a lower share of the CPU\n");
    }

    @Test
    void doctorSaysWhyStartsAreNotAtALowerShare() throws IOException {
        supervisor("{'id':'1','result':{'services':[],'host':[],'starts':'full','starts_why':'it is off'}}");
        assertThat(run("doctor")).isEqualTo(0);
        assertThat(out())
                .isEqualTo(
                        "starts beside a generation that serves: not at a lower share of the CPU, since it is off\n");
    }

    @Test
    void doctorEndsWithOneWhereAServiceIsDown() throws IOException {
        supervisor("{'id':'1','result':{'services':[{'service':'web','mode':'steered','as_configured':true,"
                + "'state':'down','state_reason':'EAGAIN','running':'steered','findings':[]}],'host':[]}}");
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out()).isEqualTo("web: steered; now down: EAGAIN\n");
    }

    @Test
    void doctorEndsWithOneWhereAServiceIsKeptFromComingUp() throws IOException {
        supervisor("{'id':'1','result':{'services':[{'service':'web','mode':'steered','as_configured':true,"
                + "'state':'starting','state_reason':'another has it','findings':[]}],'host':[]}}");
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out()).isEqualTo("web: steered; now starting: another has it\n");
    }

    @Test
    void doctorEndsWithZeroWhereEveryServiceIsAsConfigured() throws IOException {
        supervisor("{'id':'1','result':{'services':[{'service':'web','mode':'steered','as_configured':true,"
                + "'running':'steered','findings':[]}],'host':[]}}");
        assertThat(run("doctor")).isEqualTo(0);
    }

    @Test
    void jsonIsWhatTheSupervisorSaidLineByLine() throws IOException {
        supervisor(START_BEGAN, RELOAD_FAILED);
        assertThat(run("--json", "reload")).isEqualTo(1);
        assertThat(out().replace('"', '\'')).isEqualTo(START_BEGAN + "\n" + RELOAD_FAILED + "\n");
        assertThat(err()).isEmpty();
    }

    @Test
    void jsonTellsOfASupervisorThatIsNotThereToo() {
        assertThat(run("--json", "status")).isEqualTo(7);
        assertThat(out()).startsWith("{\"error\":{\"exit_code\":7,\"message\":\"no supervisor is running at");
        assertThat(err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"frob", "restart", "status a b", "--socket", "reload --timeout x", ""})
    void jsonTellsOfAWrongCommandLineToo(String line) {
        List<String> arguments = new ArrayList<>(List.of("--json"));
        arguments.addAll(line.isEmpty() ? List.of() : List.of(line.split(" ")));
        assertThat(runPlain(arguments.toArray(String[]::new))).isEqualTo(2);
        JsonObject error = JsonParser.parseString(out()).getAsJsonObject().getAsJsonObject("error");
        assertThat(error.get("exit_code").getAsInt()).isEqualTo(2);
        assertThat(error.get("message").getAsString()).isNotEmpty();
        assertThat(out()).hasLineCount(1);
        assertThat(err()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "condrestart,   'supervisorctl reload [SERVICE]'",
        "try-restart w, 'supervisorctl reload [SERVICE]'",
        "reread,        'supervisorctl reload [SERVICE]'",
        "-s reload,     'supervisorctl reload'",
        "tail web,      journalctl",
        "enable web,    'supervisorctl reload'",
        "is-active web, 'supervisorctl status [SERVICE]'",
        "configtest,    supervisord --check",
        "-c x status,   --socket PATH"
    })
    void aWordOfOtherSupervisorsIsAnsweredWithTheOneThatExists(String line, String answer) {
        assertThat(runPlain(line.split(" "))).isEqualTo(2);
        assertThat(err())
                .startsWith("supervisorctl: there is no '" + line.split(" ")[0] + "' here: ")
                .contains(answer)
                .hasLineCount(1);
    }

    @Test
    void aWordTooManyAndAnUnknownCommandAreNamed() {
        assertThat(runPlain("status", "a", "b")).isEqualTo(2);
        assertThat(runPlain("xyzzy")).isEqualTo(2);
        assertThat(err()).isEqualTo("""
                        supervisorctl status: 'b' is one word too many; see 'supervisorctl status --help'
                        supervisorctl: there is no command 'xyzzy'; see 'supervisorctl --help'
                        """);
    }

    @Test
    void allIsNoServiceButWhatIsMeantIsSaid() throws IOException {
        supervisor("{'id':'1','error':{'code':'unknown-service','message':'there is no service all; there is web'}}");
        assertThat(run("reload", "all")).isEqualTo(2);
        assertThat(err()).contains("there is no service all").contains("without a name concern every service");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"status", "--json status", "reload", "version", "--json version", "--help", "generate-completion"
            })
    void whatCouldNotBeSaidIsNoSuccess(String line) throws IOException {
        supervisor(
                "{'id':'1','result':{'services':[{'service':'web','state':'running','generations':[]}],'reloads':[{'service':'web','outcome':'completed','reason':'ok'}]}}");
        PrintStream full = new PrintStream(new FileOutputStream("/dev/full"), false, StandardCharsets.UTF_8);
        List<String> arguments = new ArrayList<>(List.of("--socket", socket().toString()));
        arguments.addAll(List.of(line.split(" ")));
        PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
        assertThat(new Supervisorctl(Map.of(), full, errStream, false).run(arguments.toArray(String[]::new)))
                .isEqualTo(1);
        assertThat(err())
                .isEqualTo(
                        "supervisorctl: done, but standard output took no more: there is no room, or nobody reads\n");
    }

    @Test
    void aTerminalHasALiveLineThatIsErasedInTheEnd() throws IOException {
        supervisor("{'id':'1','event':{'accepted':'reload of web'}}", START_BEGAN, START_ENDED, RELOADED);
        assertThat(runOnTerminal("reload")).isEqualTo(0);
        assertThat(out())
                .contains("\r\u001b[Kreload of web, 0.")
                .contains("\r\u001b[Kweb generation 8 starts, 0.")
                .contains("\r\u001b[Kweb generation 8 is ready (start, 0.8 s)\n")
                .containsPattern("\r\u001b\\[Kweb: generation 8 serves")
                .endsWith("  advice: start it with exec\n");
    }

    @Test
    void versionIsToldWithAndWithoutASupervisor() throws IOException {
        assertThat(run("version")).isEqualTo(0);
        assertThat(out()).startsWith("supervisorctl unpackaged\nsupervisord: no supervisor is running at");
        out.reset();
        supervisor("{'id':'1','result':{'version':'1.2.3','pid':17,'protocol':1}}");
        assertThat(run("version")).isEqualTo(0);
        assertThat(out())
                .isEqualTo("supervisorctl unpackaged\nsupervisord 1.2.3, running as pid 17 at " + socket() + "\n");
        out.reset();
        assertThat(run("--json", "version")).isEqualTo(0);
        assertThat(out()).isEqualTo("{\"supervisorctl\":\"unpackaged\",\"supervisord\":\"1.2.3\",\"pid\":17}\n");
    }

    @Test
    void versionLooksForNoSupervisorUnlessOneIsNamed() {
        assertThat(runPlain("version")).isEqualTo(0);
        assertThat(out()).isEqualTo("supervisorctl unpackaged\n");
        out.reset();
        assertThat(runPlain("--json", "version")).isEqualTo(0);
        assertThat(out()).isEqualTo("{\"supervisorctl\":\"unpackaged\"}\n");
    }

    @Test
    void stopStartAndShutdownSayWhatWasDone() throws IOException {
        FakeSupervisor supervisor =
                supervisor("{'id':'1','result':{'service':'web','generation':9,'drain':{'finished':3,"
                        + "'closed_while_idle':1,'cut':2,'not_seen':0,'advice':['set drain = idle']}}}");
        assertThat(run("stop", "web")).isEqualTo(0);
        assertThat(run("start", "web")).isEqualTo(0);
        assertThat(run("shutdown")).isEqualTo(0);
        assertThat(out())
                .isEqualTo("web: stopped\n  the kernel shows: finished 3, closed while idle 1, cut 2, not seen 0\n"
                        + "  advice: set drain = idle\nweb: generation 9 serves\n"
                        + "every service is stopped; the supervisor has ended\n");
        assertThat(supervisor.requests())
                .containsExactly(
                        "{'id':'1','method':'stop','service':'web'}",
                        "{'id':'1','method':'start','service':'web'}",
                        "{'id':'1','method':'shutdown'}");
    }

    @Test
    void aWrongCommandLineEndsWithTwoAndOneLine() {
        assertThat(run("relaod")).isEqualTo(2);
        assertThat(err())
                .contains("'relaod'")
                .contains("did you mean 'reload', 'resume', 'restart'?")
                .hasLineCount(1);
    }

    @Test
    void helpListsTheExitCodes() {
        assertThat(run("--help")).isEqualTo(0);
        assertThat(out()).contains("Exit codes:").contains("generate-completion");
        for (ExitCode code : ExitCode.values()) {
            assertThat(out()).contains("  " + code.number() + "   ");
        }
    }

    private FakeSupervisor supervisor(String... lines) throws IOException {
        FakeSupervisor supervisor = new FakeSupervisor(socket(), false, lines);
        supervisors.add(supervisor);
        return supervisor;
    }

    private Path socket() {
        return folder.resolve("c.sock");
    }

    private int run(String... arguments) {
        return run(false, arguments);
    }

    /** Without naming a socket. */
    private int runPlain(String... arguments) {
        PrintStream outStream = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
        return new Supervisorctl(environment, outStream, errStream, false).run(arguments);
    }

    private int runOnTerminal(String... arguments) {
        return run(true, arguments);
    }

    private int run(boolean terminal, String... arguments) {
        PrintStream outStream = new PrintStream(out, false, StandardCharsets.UTF_8);
        PrintStream errStream = new PrintStream(err, false, StandardCharsets.UTF_8);
        List<String> all = new ArrayList<>(List.of(arguments));
        if (!all.contains("--help") && !all.contains("relaod")) {
            all.addAll(List.of("--socket", socket().toString()));
        }
        int code = new Supervisorctl(Map.of(), outStream, errStream, terminal).run(all.toArray(String[]::new));
        outStream.flush();
        errStream.flush();
        return code;
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
