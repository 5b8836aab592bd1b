package dev.handover.harness;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Timer;
import java.util.TimerTask;
import java.util.function.Consumer;

/** One connection of the control protocol (docs/control.md); spares the start of a JVM for each reload. */
public final class Control implements AutoCloseable {
    private static final Duration LONGEST_ANSWER = Duration.ofMinutes(2);

    private final SocketChannel channel;
    private final BufferedReader lines;
    private final Timer timer = new Timer("control deadline", true);

    private Control(SocketChannel channel) {
        this.channel = channel;
        this.lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
    }

    public static Control connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return new Control(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** @throws IOException if nobody answers in time, or with an error */
    public JsonObject ask(String method) throws IOException {
        JsonObject request = new JsonObject();
        request.addProperty("method", method);
        JsonObject answer = ask(request, LONGEST_ANSWER, event -> {});
        if (answer.has("error")) {
            throw new IOException(
                    method + ": " + answer.getAsJsonObject("error").get("message"));
        }
        return answer.getAsJsonObject("result");
    }

    /**
     * Asks, and hears of each step meanwhile.
     *
     * @param request without an id
     * @return the last line, with a {@code result} or an {@code error}
     * @throws IOException if there is none in time
     */
    public JsonObject ask(JsonObject request, Duration longest, Consumer<JsonObject> onEvent) throws IOException {
        JsonObject asked = request.deepCopy();
        asked.addProperty("id", "1");
        TimerTask deadline = new TimerTask() {
            @Override
            public void run() {
                close();
            }
        };
        timer.schedule(deadline, longest.toMillis());
        try {
            channel.write(ByteBuffer.wrap((asked + "\n").getBytes(StandardCharsets.UTF_8)));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonObject answer = JsonParser.parseString(line).getAsJsonObject();
                if (!answer.has("event")) {
                    return answer;
                }
                onEvent.accept(answer.getAsJsonObject("event"));
            }
            throw new IOException(
                    request.get("method").getAsString() + ": the supervisor ended, or did not answer in time");
        } finally {
            deadline.cancel();
        }
    }

    @Override
    public void close() {
        timer.cancel();
        try {
            channel.close();
        } catch (IOException e) {
            // It is a socket that nobody uses any more.
        }
    }
}
