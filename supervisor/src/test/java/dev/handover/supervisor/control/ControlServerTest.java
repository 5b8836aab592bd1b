package dev.handover.supervisor.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.Threads;
import dev.handover.supervisor.terms.ControlCharacters;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.Difference;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.UpgradeReport;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ControlServerTest {
    private static final int OWN_UID = 1000;
    private static final int MONITORS_GID = 2000;
    private static final OptionalInt MONITORS = OptionalInt.of(MONITORS_GID);
    private static final ExecutorService THREADS = Threads.each("test-answers", 0);
    private static final String BUSY =
            "{'id':null,'error':{'code':'busy','message':'the supervisor can serve no more clients"
                    + " now (64 are the most, fewer where threads are short); try again'}}";

    private static final String EXITED =
            "{'number':1,'at':'2026-03-01T12:00:30Z','what':'worker-exited','severity':'error','service':'web',"
                    + "'generation':8,'worker':1,'text':'web/g8/w1 (pid 4712) was killed by SIGKILL while it served'}";
    private static final Pattern NOT_SHOWN = Pattern.compile("'not_shown':([0-9]+)");

    private final FakeDaemon daemon = new FakeDaemon();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final ControlServer server = new ControlServer(daemon, OWN_UID, MONITORS, THREADS, log::add);
    private Client client;

    @BeforeEach
    void connect() throws IOException {
        client = new Client(server, OWN_UID);
    }

    @AfterEach
    void disconnect() throws IOException, InterruptedException {
        client.close();
        server.finish(Duration.ZERO);
        client.awaitServed();
    }

    @Test
    void versionIsAnsweredWithoutTheCore() throws Exception {
        client.send("{'id':'v','method':'version'}");
        assertThat(client.line())
                .isEqualTo("{'id':'v','result':{'version':'1.2.3','pid':"
                        + ProcessHandle.current().pid() + ",'protocol':1}}");
        assertThat(daemon.isIdle()).isTrue();
    }

    @Test
    void aHoldIsAskedForEndedAndGivenUpWhenItsClientIsGone() throws Exception {
        client.send("{'id':'1','method':'hold','service':'web','max':'20s'}");
        FakeDaemon.Submitted hold = daemon.next();
        assertThat(hold.request())
                .isInstanceOfSatisfying(
                        Request.Hold.class, asked -> assertThat(asked.most()).hasSeconds(20));
        client.send("{'id':'2','method':'hold','service':'web','end':true}");
        FakeDaemon.Submitted end = daemon.next();
        assertThat(end.request()).isInstanceOf(Request.EndHold.class);
        end.answers().end(Samples.HOLD_ENDED);
        assertThat(client.line()).startsWith("{'id':'2','result':{'service':'web','lasted_ms':4210,");
        assertThat(daemon.gone).isEmpty();

        client.close();

        assertThat(daemon.gone.take()).isSameAs(hold.answers());
        hold.answers().end(Samples.HOLD_ENDED);
    }

    @Test
    void aHoldThatHasEndedIsNotGivenUpOnceMore() throws Exception {
        client.send("{'id':'1','method':'hold','service':'web','max':'20s'}");
        daemon.next().answers().end(Samples.HOLD_ENDED);
        assertThat(client.line()).startsWith("{'id':'1','result'");
        client.close();
        client.awaitServed();
        assertThat(daemon.gone).isEmpty();
    }

    @Test
    void anUpgradeIsTriedBeforeTheCoreHearsOfIt() throws Exception {
        client.send("{'id':'1','method':'upgrade'}");
        assertThat(client.line()).contains("the program that is installed now is tried");
        assertThat(client.line())
                .isEqualTo(
                        "{'id':'1','error':{'code':'failed','message':'the program that is installed now can't take over;"
                                + " nothing was changed'}}");
        assertThat(daemon.isIdle()).isTrue();

        daemon.installed = Optional.of(Samples.UPGRADE);
        client.send("{'id':'2','method':'upgrade'}");
        FakeDaemon.Submitted upgrade = daemon.next();
        assertThat(upgrade.request()).isEqualTo(Samples.UPGRADE);
        upgrade.answers().end(new Reply.Upgrading(Samples.UPGRADE));
        assertThat(client.line()).startsWith("{'id':'2','event':");
        assertThat(client.line())
                .isEqualTo("{'id':'2','result':{'upgrade':{'id':'19a2b3c4d5e','from':'1.2.2','to':'1.2.3'}}}");
    }

    @Test
    void theOneThatRunsAfterAnUpgradeSaysWhatBecameOfIt() throws Exception {
        daemon.upgraded =
                Optional.of(new UpgradeReport(Samples.UPGRADE, Optional.of("it died"), Duration.ofMillis(412), 4, 2));
        client.send("{'id':'v','method':'version'}");
        assertThat(client.line())
                .endsWith(",'upgrade':{'id':'19a2b3c4d5e','from':'1.2.2','to':'1.2.3','outcome':'went-back',"
                        + "'reason':'it died','without_ms':412,'workers':4,'services':2}}}");
    }

    @Test
    void aReloadThatWaitsIsToldEachStepAndTheEnd() throws Exception {
        client.send("{'id':'1','method':'reload','service':'web'}");
        FakeDaemon.Submitted reload = daemon.next();
        assertThat(reload.request())
                .isEqualTo(new Request.Reload(FakeDaemon.CONFIGURATION, Optional.of(Samples.WEB), "the test's client"));
        reload.answers().accepted("at once");
        reload.answers().progress(Samples.START_BEGAN);
        reload.answers().end(new Reply.Reloaded(List.of(Samples.COMPLETED)));
        reload.answers().progress(Samples.START_ENDED);
        client.send("{'id':'2','method':'version'}");

        assertThat(client.line()).isEqualTo("{'id':'1','event':{'accepted':'at once'}}");
        assertThat(client.line()).startsWith("{'id':'1','event':{'service':'web','generation':8,'phase':'start'");
        assertThat(client.line()).startsWith("{'id':'1','result':{'reloads':[");
        assertThat(client.line())
                .as("nothing follows the last line of a request")
                .startsWith("{'id':'2'");
    }

    @Test
    void aReloadThatDoesNotWaitIsAnsweredOnceAccepted() throws Exception {
        client.send("{'id':'1','method':'reload','wait':false}");
        FakeDaemon.Submitted reload = daemon.next();
        reload.answers().accepted("begins at once");
        reload.answers().progress(Samples.START_BEGAN);
        reload.answers().end(new Reply.Reloaded(List.of(Samples.COMPLETED)));
        client.saysNoMore();

        assertThat(client.line()).isEqualTo("{'id':'1','result':{'accepted':'begins at once'}}");
        assertThat(client.line()).isEqualTo("end");
    }

    @Test
    void aRefusedRequestIsAnErrorEvenWhenItDoesNotWait() throws Exception {
        client.send("{'id':'1','method':'shutdown','wait':false}");
        daemon.next().answers().end(new Reply.Refused(Reply.Reason.STOPPING, "the supervisor is shutting down"));
        assertThat(client.line())
                .isEqualTo("{'id':'1','error':{'code':'stopping','message':'the supervisor is shutting down'}}");
    }

    @Test
    void anInvalidFileIsToldWithEveryProblemAndReachesNoCore() throws Exception {
        daemon.breakFile();
        client.send("{'id':'1','method':'reload'}");
        assertThat(client.line())
                .isEqualTo("{'id':'1','error':{'code':'invalid-configuration','message':"
                        + "'web.toml:3:1: a: is wrong\\nweb.toml:4:1: b: is worse'}}");
        client.send("{'id':'1','method':'start','service':'web'}");
        assertThat(client.line()).startsWith("{'id':'1','error':{'code':'invalid-configuration'");
        assertThat(daemon.isIdle()).isTrue();
    }

    @Test
    void theWorstOfSeveralReloadsNamesTheError() throws Exception {
        client.send("{'id':'1','method':'reload'}");
        daemon.next()
                .answers()
                .end(new Reply.Reloaded(List.of(
                        Samples.withOutcome(ReloadOutcome.COMPLETED),
                        Samples.withOutcome(ReloadOutcome.REPLACED),
                        Samples.withOutcome(ReloadOutcome.CANCELLED))));
        assertThat(client.line())
                .startsWith("{'id':'1','error':{'code':'stopping','message':'web: because\\nweb: because','reloads':[");
    }

    @Test
    void aReloadOfAFileThatCannotBeUsedIsNotedForStatus() throws Exception {
        daemon.breakFile();
        client.send("{'id':'1','method':'reload','service':'web'}");
        assertThat(client.line()).startsWith("{'id':'1','error':{'code':'invalid-configuration'");
        assertThat(daemon.refused).containsExactly("web: web.toml:3:1: a: is wrong (and 1 more)");
    }

    @Test
    void statusTellsWhatTheFileWouldChangeOrWhatIsWrongWithIt() throws Exception {
        client.send("{'id':'1','method':'status'}");
        FakeDaemon.Submitted asked = daemon.next();
        assertThat(asked.request())
                .isEqualTo(new Request.Status(Optional.empty(), Optional.of(FakeDaemon.CONFIGURATION)));
        asked.answers()
                .end(new Reply.Status(
                        List.of(),
                        Optional.of(new Difference(List.of(), List.of(Samples.API), List.of(Samples.WEB), List.of())),
                        Map.of(),
                        Map.of(),
                        Map.of()));
        assertThat(client.line())
                .isEqualTo("{'id':'1','result':{'configuration':{'file':'/etc/handover/handover.toml',"
                        + "'added':['api'],'removed':['web']},'services':[]}}");

        daemon.breakFile();
        client.send("{'id':'2','method':'status'}");
        FakeDaemon.Submitted again = daemon.next();
        assertThat(again.request()).isEqualTo(new Request.Status(Optional.empty(), Optional.empty()));
        again.answers().end(new Reply.Status(List.of(), Optional.empty(), Map.of(), Map.of(), Map.of()));
        assertThat(client.line()).contains("'problem':'web.toml:3:1: a: is wrong\\nweb.toml:4:1: b: is worse'");
    }

    @Test
    void whoAsksForAStopIsTold() throws Exception {
        client.send("{'id':'1','method':'stop','service':'web'}");
        assertThat(((Request.Stop) daemon.next().request()).by()).isEqualTo("the test's client");
    }

    @Test
    void aConfigurationThatCannotBeReadNowIsNotSaidToBeInvalid() throws Exception {
        daemon.exhaustDescriptors();
        client.send("{'id':'1','method':'reload'}");
        assertThat(client.line())
                .startsWith("{'id':'1','error':{'code':'failed','message':'web.toml: cannot be read: this process has")
                .contains("be read now; nothing was changed");
    }

    @Test
    void severalRequestsAreUnderWayAtATime() throws Exception {
        client.send("{'id':'slow','method':'stop','service':'web'}");
        FakeDaemon.Submitted stop = daemon.next();
        client.send("{'id':'quick','method':'status'}");
        daemon.next().answers().end(new Reply.Status(List.of(), Optional.empty(), Map.of(), Map.of(), Map.of()));
        assertThat(client.line()).startsWith("{'id':'quick','result':{").endsWith("'services':[]}}");
        stop.answers().end(new Reply.Stopped(Samples.WEB, Samples.COMPLETED.drain()));
        assertThat(client.line()).startsWith("{'id':'slow','result':{'service':'web','drain':{'finished':41,");
    }

    @Test
    void anIdIsFreeAgainAfterItsLastLineOnly() throws Exception {
        client.send("{'id':'1','method':'start','service':'web'}");
        FakeDaemon.Submitted start = daemon.next();
        client.send("{'id':'1','method':'version'}");
        assertThat(client.line()).startsWith("{'id':'1','error':{'code':'bad-request'");
        start.answers().end(new Reply.Started(Samples.WEB, Samples.EIGHT));
        assertThat(client.line()).isEqualTo("{'id':'1','result':{'service':'web','generation':8}}");
        client.send("{'id':'1','method':'version'}");
        assertThat(client.line()).startsWith("{'id':'1','result':{'version'");
    }

    @Test
    void tooManyRequestsAtATimeAreRefused() throws Exception {
        for (int i = 0; i < Outbox.MOST_REQUESTS; i++) {
            client.send("{'id':'" + i + "','method':'status'}");
        }
        client.send("{'id':'more','method':'status'}");
        assertThat(client.line()).startsWith("{'id':'more','error':{'code':'busy'");
    }

    @Test
    void badLinesAreAnsweredAndTheConnectionGoesOn() throws Exception {
        client.send("nonsense");
        assertThat(client.line()).startsWith("{'id':null,'error':{'code':'bad-request'");
        client.sendBytes(new byte[] {(byte) 0xff, '\n'});
        assertThat(client.line()).startsWith("{'id':null,'error':{'code':'bad-request','message':'not UTF-8");
        client.send("{'id':'1','method':'version'}");
        assertThat(client.line()).startsWith("{'id':'1','result'");
    }

    @Test
    void aLineWithoutEndIsAnsweredAndTheConnectionClosed() throws Exception {
        byte[] line = new byte[ControlConnection.LONGEST_LINE];
        Arrays.fill(line, (byte) ' ');
        client.sendBytes(line);
        assertThat(client.line()).startsWith("{'id':null,'error':{'code':'bad-request','message':'a line is at most");
        assertThat(client.line()).isEqualTo("end");
    }

    @Test
    void aClientThatOnlyListensAnyMoreGetsItsAnswersStill() throws Exception {
        client.send("{'id':'1','method':'stop','service':'web'}");
        client.saysNoMore();
        daemon.next().answers().end(new Reply.Stopped(Samples.WEB, Optional.empty()));
        assertThat(client.line()).startsWith("{'id':'1','result'");
        assertThat(client.line()).isEqualTo("end");
    }

    @Test
    void aClientThatDoesNotReadIsDisconnectedAndHoldsNobodyUp() throws Exception {
        client.send("{'id':'1','method':'reload'}");
        Answers answers = daemon.next().answers();
        String text = "x".repeat(100_000);
        for (int i = 0; i < 3 * Outbox.CAPACITY; i++) {
            answers.accepted(text);
        }
        answers.end(new Reply.Reloaded(List.of(Samples.COMPLETED)));
        client.awaitServed();
        assertThat(log).containsExactly("control: the test's client left 256 lines unread; disconnected");
    }

    @Test
    void aClientThatGoesAwayCancelsNothingAndIsNotMissed() throws Exception {
        client.send("{'id':'1','method':'reload'}");
        Answers answers = daemon.next().answers();
        client.close();
        answers.accepted("");
        answers.end(new Reply.Reloaded(List.of(Samples.COMPLETED)));
        client.awaitServed();
        assertThat(log).isEmpty();
    }

    @Test
    void aDaemonThatEndsFinishesItsAnswersFirst() throws Exception {
        client.send("{'id':'1','method':'shutdown'}");
        daemon.next().answers().end(new Reply.ShutDown());
        server.finish(Duration.ofSeconds(10));
        assertThat(client.line()).isEqualTo("{'id':'1','result':{}}");
        assertThat(lastLineOrReset()).isEqualTo("end");
    }

    @Test
    void rootIsServedAndStrangersAreNot() throws Exception {
        try (Client root = new Client(server, 0);
                Client stranger = new Client(server, OWN_UID + 1)) {
            root.send("{'id':'1','method':'version'}");
            assertThat(root.line()).startsWith("{'id':'1','result'");
            assertThat(stranger.line()).startsWith("{'id':null,'error':{'code':'forbidden'");
            assertThat(stranger.line()).isEqualTo("end");
        }
        assertThat(log).singleElement().asString().startsWith("control: refused the test's client: only root and uid");
    }

    @Test
    void whoMonitorsIsToldWhatIsAndCanChangeNothing() throws Exception {
        try (Client monitor = new Client(server, OWN_UID + 1, MONITORS_GID)) {
            monitor.send("{'id':'v','method':'version'}");
            assertThat(monitor.line()).startsWith("{'id':'v','result'");
            monitor.send("{'id':'s','method':'status'}");
            daemon.next().answers().end(new Reply.Status(List.of(), Optional.empty(), Map.of(), Map.of(), Map.of()));
            assertThat(monitor.line())
                    .startsWith("{'id':'s','result'")
                    .as("no addresses of clients")
                    .doesNotContain("'oldest'");
            monitor.send("{'id':'e','method':'events'}");
            assertThat(monitor.line()).isEqualTo("{'id':'e','result':{}}");
            for (Verb verb : Verb.values()) {
                if (!Set.of(Verb.STATUS, Verb.EVENTS, Verb.VERSION).contains(verb)) {
                    String service = verb.needsService() ? ",'service':'web'" : "";
                    String more = switch (verb) {
                        case SCALE -> ",'workers':2";
                        case SIGNAL -> ",'signal':'HUP'";
                        case HOLD -> ",'max':'20s'";
                        default -> "";
                    };
                    monitor.send("{'id':'1','method':'" + verb.word() + "'" + service + more + "}");
                    assertThat(monitor.line())
                            .startsWith("{'id':'1','error':{'code':'forbidden','message':''" + verb.word());
                }
            }
        }
        assertThat(daemon.isIdle()).isTrue();
    }

    @Test
    void whereNoGroupMonitorsItsMembersAreStrangers() throws Exception {
        ControlServer without = new ControlServer(daemon, OWN_UID, OptionalInt.empty(), THREADS, log::add);
        try (Client one = new Client(without, OWN_UID + 1, MONITORS_GID)) {
            assertThat(one.line()).startsWith("{'id':null,'error':{'code':'forbidden'");
        }
    }

    @Test
    void thoseWhoMonitorTakeNoPlaceOfAnOperators() throws Exception {
        ControlServer full = new ControlServer(daemon, OWN_UID, MONITORS, THREADS, log::add, Duration.ofHours(1));
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < ControlServer.MOST_MONITORS; i++) {
            Client one = new Client(full, OWN_UID + 1, MONITORS_GID);
            clients.add(one);
            one.send("{'id':'1','method':'version'}");
            assertThat(one.line()).contains("result");
        }
        Client more = new Client(full, OWN_UID + 1, MONITORS_GID);
        clients.add(more);
        assertThat(more.line()).isEqualTo(BUSY);
        Client operator = new Client(full, OWN_UID);
        clients.add(operator);
        operator.send("{'id':'1','method':'version'}");
        assertThat(operator.line()).startsWith("{'id':'1','result'");
        end(full, clients);
    }

    @Test
    void aMonitorThatAsksWithoutEndIsAnsweredAtALimitedRate() throws Exception {
        int requests = ControlServer.MONITORS_REQUESTS_A_SECOND + 10;
        try (Client monitor = new Client(server, OWN_UID + 1, MONITORS_GID)) {
            long began = System.nanoTime();
            for (int i = 0; i < requests; i++) {
                monitor.send("{'id':'" + i + "','method':'version'}");
            }
            for (int i = 0; i < requests; i++) {
                assertThat(monitor.line()).startsWith("{'id':'" + i + "','result'");
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("20 at once and 10 at 20 a second")
                    .isGreaterThan(Duration.ofMillis(490));
        }
    }

    /** What prints a line may be a terminal, which takes orders: ESC, its one-character form CSI, a turn of the text. */
    @Test
    void noAnswerSteersATerminalWhateverIsInIt() throws Exception {
        client.send("{'id':'1','method':'a\\u001b[2J\u009b2J\u202e\u007f'}");
        String line = client.line();
        assertThat(line)
                .startsWith("{'id':'1','error':{'code':'unknown-method'")
                .contains("a\\u001b[2J\\u009b2J\\u202e\\u007f");
        assertThat(line.codePoints()).noneMatch(ControlCharacters::isOne);
    }

    private String lastLineOrReset() throws IOException {
        try {
            return client.line();
        } catch (SocketException e) {
            return "end";
        }
    }

    /** As many as there is room for, the first of which awaits an answer. */
    private List<Client> fill(ControlServer full) throws Exception {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < ControlServer.MOST_CLIENTS; i++) {
            Client one = new Client(full, OWN_UID);
            clients.add(one);
            one.send(i == 0 ? "{'id':'1','method':'reload'}" : "{'id':'1','method':'version'}");
            if (i == 0) {
                daemon.next();
            } else {
                assertThat(one.line()).contains("result");
            }
        }
        return clients;
    }

    private static void end(ControlServer full, List<Client> clients) throws Exception {
        for (Client one : clients) {
            one.close();
        }
        full.finish(Duration.ZERO);
        for (Client one : clients) {
            one.awaitServed();
        }
    }

    @Test
    void whereAllPlacesAreTakenWhoAwaitsNothingGivesUpHis() throws Exception {
        ControlServer full = new ControlServer(daemon, OWN_UID, MONITORS, THREADS, log::add, Duration.ZERO);
        List<Client> clients = fill(full);
        Client next = new Client(full, OWN_UID);
        clients.add(next);
        next.send("{'id':'n','method':'version'}");
        assertThat(next.line()).startsWith("{'id':'n','result'");
        assertThat(clients.get(1).line()).as("silent for the longest").isEqualTo("end");
        end(full, clients);
    }

    @Test
    void whereNobodyHasBeenIdleForLongOneMoreIsToldSo() throws Exception {
        ControlServer full = new ControlServer(daemon, OWN_UID, MONITORS, THREADS, log::add, Duration.ofHours(1));
        List<Client> clients = fill(full);
        Client next = new Client(full, OWN_UID);
        clients.add(next);
        assertThat(next.line()).isEqualTo(BUSY);
        assertThat(next.line()).isEqualTo("end");
        end(full, clients);
    }

    @Test
    void whereNoThreadIsToBeHadAClientIsToldSo() throws Exception {
        ControlServer without = new ControlServer(
                daemon,
                OWN_UID,
                MONITORS,
                task -> {
                    throw new OutOfMemoryError("unable to create native thread");
                },
                log::add);
        try (Client refused = new Client(without, OWN_UID)) {
            assertThat(refused.line()).isEqualTo(BUSY);
            assertThat(refused.line()).isEqualTo("end");
            refused.awaitServed();
        }
    }

    @Test
    void whatHasHappenedIsToldAndThenWhatHappensUntilItsClientSaysNoMore() throws Exception {
        daemon.chronicle.add(Samples.EXITED);
        daemon.chronicle.flush();
        client.send("{'id':'1','method':'events','service':'web','follow':true}");
        assertThat(client.line()).isEqualTo("{'id':'1','event':" + EXITED + "}");
        daemon.chronicle.add(Samples.ENDED);
        assertThat(client.line()).startsWith("{'id':'1','event':{'number':2,").contains("'reload':{'service':'web'");
        client.saysNoMore();
        assertThat(client.line()).isEqualTo("{'id':'1','result':{}}");
        assertThat(client.line()).isEqualTo("end");
    }

    @Test
    void whoMonitorsIsNotToldAllThatAReloadCameTo() throws Exception {
        daemon.chronicle.add(Samples.ENDED);
        daemon.chronicle.flush();
        try (Client monitor = new Client(server, OWN_UID + 1, MONITORS_GID)) {
            monitor.send("{'id':'1','method':'events'}");
            assertThat(monitor.line()).contains("'what':'reload-ended'").doesNotContain("'reload':");
        }
    }

    @Test
    void whoReadsTooSlowlyIsToldHowMuchHeMissedAndHoldsUpNobody() throws Exception {
        client.send("{'id':'1','method':'events','follow':true}");
        int number = 200_000;
        for (int i = 0; i < number; i++) {
            if (i % 1000 == 0) {
                daemon.chronicle.flush();
            }
            daemon.chronicle.add(Samples.EXITED);
        }
        daemon.chronicle.flush();
        long shown = 0;
        long missed = 0;
        while (shown + missed < number) {
            String line = client.line();
            Matcher some = NOT_SHOWN.matcher(line);
            if (some.find()) {
                missed += Long.parseLong(some.group(1));
            } else {
                assertThat(line).startsWith("{'id':'1','event':{'number':" + (shown + missed + 1) + ",");
                shown++;
            }
        }
        assertThat(missed).isPositive();
    }

    @Test
    void eventsOfAServiceThatNobodyKnowsAreAMistake() throws Exception {
        client.send("{'id':'1','method':'events','service':'wbe'}");
        FakeDaemon.Submitted asked = daemon.next();
        asked.answers().end(new Reply.Refused(Reply.Reason.UNKNOWN_SERVICE, "there is no service wbe"));
        assertThat(client.line()).startsWith("{'id':'1','error':{'code':'unknown-service'");
        client.send("{'id':'2','method':'events','last':-1}");
        assertThat(client.line()).startsWith("{'id':'2','error':{'code':'bad-request','message':''last' must be");
    }

    @Test
    void whatWorkersWroteIsToldOfOneGenerationOrAllAndWhereTheRestIs() throws Exception {
        daemon.output.add(new WorkerId(Samples.WEB, Samples.SEVEN, 1), "old");
        daemon.output.add(new WorkerId(Samples.WEB, Samples.EIGHT, 2), "new \u001b[1m");
        client.send("{'id':'1','method':'logs','service':'web','generation':8}");
        assertThat(client.line()).contains("'service':'web','generation':8,'worker':'w2','text':'new \\u001b[1m'}}");
        assertThat(client.line())
                .isEqualTo("{'id':'1','result':{'forgotten':0,'file':'/var/log/web.log','journal':false}}");

        client.send("{'id':'2','method':'logs','service':'web','last':0,'follow':true}");
        client.send("{'id':'3','method':'version'}");
        assertThat(client.line()).startsWith("{'id':'3'");
        daemon.output.add(new WorkerId(Samples.WEB, Samples.EIGHT, 1), "newer");
        assertThat(client.line()).startsWith("{'id':'2','event':{'at':").contains("'text':'newer'");

        client.send("{'id':'4','method':'logs','service':'web','after':1}");
        assertThat(client.line()).contains("'code':'bad-request'").contains("takes no field 'after'");
        client.send("{'id':'5','method':'logs','service':'web','generation':0}");
        assertThat(client.line()).contains("'code':'bad-request'").contains("'generation' must be");
    }

    @Test
    void theLastReloadIsExplainedByWhatHappenedAndWhatItCameTo() throws Exception {
        daemon.chronicle.add(Samples.ENDED);
        daemon.chronicle.flush();
        client.send("{'id':'1','method':'explain'}");
        assertThat(client.line())
                .startsWith(
                        "{'id':'1','result':{'explained':[{'service':'web','under_way':false,'reload':{'service':'web'")
                .contains("'events':[{'number':1,'at':'2026-03-01T12:00:00.250Z','what':'reload-ended'");
    }
}
