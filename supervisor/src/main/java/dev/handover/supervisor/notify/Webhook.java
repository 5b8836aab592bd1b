package dev.handover.supervisor.notify;

import com.google.gson.JsonObject;
import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.NotifySpec;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Sends each event to a web server. Nothing of an answer is read but its status, and no redirect is followed. */
final class Webhook implements Delivery {
    private static final int SUCCESS = 2;
    private static final int CLASS = 100;

    private final NotifySpec.Webhook webhook;
    /** Has threads: it is there while there is something to send. */
    private @Nullable HttpClient client;

    Webhook(NotifySpec.Webhook webhook) {
        this.webhook = webhook;
    }

    @Override
    public void deliver(JsonObject event, Duration limit) throws IOException {
        event.remove("reload"); // the last lines of a worker and the addresses of clients stay on this machine
        HttpRequest request = HttpRequest.newBuilder(webhook.url())
                .header("Content-Type", "application/json; charset=utf-8")
                .header("User-Agent", "handover")
                .POST(HttpRequest.BodyPublishers.ofString(event.toString()))
                .build();
        int status = send(request, limit);
        if (status / CLASS != SUCCESS) {
            throw new IOException(webhook + " answered with " + status);
        }
    }

    private int send(HttpRequest request, Duration limit) throws IOException {
        CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> answer =
                client().sendAsync(request, HttpResponse.BodyHandlers.ofPublisher());
        try {
            HttpResponse<Flow.Publisher<List<ByteBuffer>>> head = answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            head.body().subscribe(new Unread());
            return head.statusCode();
        } catch (TimeoutException late) {
            throw new IOException(webhook + " has not answered within " + Durations.text(limit), late);
        } catch (ExecutionException failed) {
            throw new IOException(webhook + " was not reached: " + why(failed.getCause()), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the supervisor ends");
        } finally {
            answer.cancel(true);
        }
    }

    private static String why(@Nullable Throwable cause) {
        for (Throwable one = cause; one != null; one = one.getCause()) {
            if (one instanceof UnresolvedAddressException) {
                return "its name has no address";
            }
        }
        if (cause instanceof ConnectException) {
            return "nobody accepts there";
        }
        return cause instanceof IOException failed ? Why.of(failed) : String.valueOf(cause);
    }

    private HttpClient client() {
        HttpClient there = client;
        if (there == null) {
            there = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .proxy(ProxySelector.getDefault())
                    .build();
            client = there;
        }
        return there;
    }

    /** The client's threads end when it is collected. */
    @Override
    public void rest() {
        client = null;
    }

    /** Of a body, which may have no end. */
    private static final class Unread implements Flow.Subscriber<List<ByteBuffer>> {
        @Override
        public void onSubscribe(Flow.Subscription body) {
            body.cancel();
        }

        @Override
        public void onNext(List<ByteBuffer> part) {}

        @Override
        public void onError(Throwable cut) {}

        @Override
        public void onComplete() {}
    }
}
