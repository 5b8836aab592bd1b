package dev.handover.supervisor.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.terms.CanaryOrder;
import dev.handover.supervisor.terms.CanarySpec;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.IfBusy;
import dev.handover.supervisor.terms.Percentage;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Signal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallTest {
    @Test
    void aRequestWaitsUnlessItSaysNot() throws BadCall {
        assertThat(parse("{'id':'a','method':'reload'}"))
                .isEqualTo(new Call(
                        "a",
                        Verb.RELOAD,
                        Optional.empty(),
                        true,
                        CanaryOrder.AS_CONFIGURED,
                        Optional.empty(),
                        IfBusy.WAIT,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        Reading.ALL));
        assertThat(parse("{'id':'a','method':'stop','service':'web','wait':false}"))
                .isEqualTo(new Call(
                        "a",
                        Verb.STOP,
                        Optional.of(new ServiceName("web")),
                        false,
                        CanaryOrder.AS_CONFIGURED,
                        Optional.empty(),
                        IfBusy.WAIT,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        Reading.ALL));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    ~~                                              | null | bad-request     | a JSON object
                    hello                                           | null | bad-request     | not JSON
                    {id:1}                                          | null | bad-request     | not JSON
                    {'id':'a','method':'version'                    | null | bad-request     | not JSON
                    {'id':'a','method':'version'} {}                | null | bad-request     | one JSON object a line
                    ['id']                                          | null | bad-request     | a JSON object
                    {'method':'version'}                            | null | bad-request     | 'id' is missing
                    {'id':7,'method':'version'}                     | null | bad-request     | 'id' is not a string
                    {'id':null,'method':'version'}                  | null | bad-request     | 'id' is not a string
                    {'id':'','method':'version'}                    | null | bad-request     | 1 to 64 characters
                    {'id':'a'}                                      | 'a'  | bad-request     | 'method' is missing
                    {'id':'a','method':'explode'}                   | 'a'  | unknown-method  | 'explode'
                    {'id':'a','method':'version','service':'web'}   | 'a'  | bad-request     | takes no field 'service'
                    {'id':'a','method':'reload','colour':'red'}     | 'a'  | bad-request     | takes no field 'colour'
                    {'id':'a','method':'reload','wait':'yes'}       | 'a'  | bad-request     | 'wait' must be true or false
                    {'id':'a','method':'reload','canary':{'steps':['1%'],'judge':1}} | 'a' | bad-request    | 'judge' of 'canary' must be true or false
                    {'id':'a','method':'status','service':['web']}  | 'a'  | bad-request     | 'service' is not a string
                    {'id':'a','method':'stop'}                      | 'a'  | bad-request     | needs the field 'service'
                    {'id':'a','method':'stop','service':'no way'}   | 'a'  | unknown-service | 'no way'
                    {'id':'a','method':'stop','service':'web','signal':'HUP'} | 'a' | bad-request | takes no field 'signal'
                    {'id':'a','method':'hold','service':'web'}      | 'a'  | bad-request     | one of the fields 'max', such as "20s", and 'end'
                    {'id':'a','method':'hold','service':'web','max':'2s','end':true} | 'a' | bad-request | one of the fields
                    {'id':'a','method':'hold','service':'web','max':'2m'} | 'a' | bad-request | a hold lasts at most 60 s
                    {'id':'a','method':'hold','service':'web','max':'soon'} | 'a' | bad-request | soon
                    {'id':'a','method':'hold','service':'web','end':false} | 'a' | bad-request | 'end' can only be true
                    {'id':'a','method':'hold','service':'web','max':'2s','wait':false} | 'a' | bad-request | takes no field 'wait'
                    {'id':'a','method':'scale','service':'web'}     | 'a'  | bad-request     | needs the field 'workers'
                    {'id':'a','method':'scale','service':'web','workers':0} | 'a' | bad-request | 'workers' must be a number from 1 to 1024
                    {'id':'a','method':'restart','service':'web','workers':2} | 'a' | bad-request | takes no field 'workers'
                    {'id':'a','method':'signal','service':'web'}    | 'a'  | bad-request     | needs the field 'signal'
                    {'id':'a','method':'signal','service':'web','signal':'SIGKILL'} | 'a' | bad-request | SIGKILL is not sent
                    {'id':'a','method':'signal','service':'web','signal':'bus'} | 'a' | bad-request | no signal for workers is called 'bus'
                    {'id':'a','method':'signal','service':'web','signal':'HUP','worker':0} | 'a' | bad-request | 'worker' must be a number from 1 on
                    """)
    void whatIsNoRequestIsAnsweredByItsCode(String line, String id, String code, String words) {
        assertThatThrownBy(() -> parse(line)).isInstanceOfSatisfying(BadCall.class, bad -> {
            assertThat(bad).hasMessageContaining(words);
            assertThat(bad.answer().json().toString())
                    .startsWith("{\"id\":" + id.replace('\'', '"') + ",\"error\":{\"code\":\"" + code + "\"");
        });
    }

    @Test
    void aSignalIsNamedAsPeopleNameItAndGoesToAllThatServeUnlessItSaysMore() throws BadCall {
        assertThat(parse("{'id':'a','method':'signal','service':'web','signal':'sighup'}")
                        .signal())
                .contains(new SignalFields(Signal.HUP, Optional.empty(), Optional.empty()));
        assertThat(parse("{'id':'a','method':'signal','service':'web','signal':'RTMIN+3','worker':2,'generation':7}")
                        .signal())
                .contains(new SignalFields(Signal.named("RTMIN+3"), Optional.of(2), Optional.of(new GenerationId(7))));
    }

    @Test
    void aCanaryIsJudgedUnlessItSaysNot() throws BadCall {
        CanarySpec judged = new CanarySpec(
                List.of(),
                List.of(Percentage.parse("10%")),
                Duration.ofSeconds(30),
                CanarySpec.End.PROMOTE,
                true,
                Optional.empty());
        assertThat(parse("{'id':'a','method':'reload','canary':{'steps':['10%']}}")
                        .canary())
                .isEqualTo(new CanaryOrder.Instead(Optional.of(judged)));
        CanarySpec not =
                new CanarySpec(judged.clients(), judged.steps(), judged.step(), judged.end(), false, Optional.empty());
        assertThat(parse("{'id':'a','method':'reload','canary':{'steps':['10%'],'judge':false}}")
                        .canary())
                .isEqualTo(new CanaryOrder.Instead(Optional.of(not)));
    }

    @Test
    void anIdIsAtMost64Characters() throws BadCall {
        assertThat(parse("{'id':'" + "é".repeat(64) + "','method':'version'}").id())
                .hasSize(64);
        assertThatThrownBy(() -> parse("{'id':'" + "é".repeat(65) + "','method':'version'}"))
                .hasMessage("'id' must be 1 to 64 characters, not 65");
    }

    @Test
    void bytesThatAreNotUtf8AreNoRequest() {
        assertThatThrownBy(() -> Call.parse(new byte[] {'"', (byte) 0xff, '"'}))
                .isInstanceOf(BadCall.class)
                .hasMessageStartingWith("not UTF-8");
    }

    @Test
    void nestingWithoutEndIsNoRequest() {
        assertThatThrownBy(() -> parse("[".repeat(100_000)))
                .isInstanceOf(BadCall.class)
                .hasMessageStartingWith("not JSON");
    }

    private static Call parse(String line) throws BadCall {
        return Call.parse(line.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
