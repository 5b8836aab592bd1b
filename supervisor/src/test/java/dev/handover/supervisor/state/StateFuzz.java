package dev.handover.supervisor.state;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.handover.supervisor.fuzz.Bytes;
import dev.handover.supervisor.terms.Memory;

/** A state file that is damaged, or another's. */
public final class StateFuzz {
    private StateFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws UnreadableState {
        Memory memory;
        try {
            memory = StateJson.read(Fields.of(JsonParser.parseString(Bytes.text(input))));
        } catch (JsonParseException | UnreadableState told) {
            return;
        }
        Memory again = StateJson.read(
                Fields.of(JsonParser.parseString(StateJson.write(memory).toString())));
        Bytes.require(again.equals(memory), "it is not read as it is written");
    }
}
