package dev.handover.example.http;

import dev.handover.worker.Worker;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;

/** Answers every request with a greeting and who sent it; {@code /slow?ms=N} after so many milliseconds. */
final class Greeting extends Handler.Abstract.NonBlocking {
    private static final Pattern MILLISECONDS = Pattern.compile("[0-9]{1,6}");

    private final Worker worker;
    private final String name;
    private final String body;

    Greeting(Worker worker, String greeting) {
        this.worker = worker;
        this.name = worker.name() + "/" + ProcessHandle.current().pid();
        this.body = greeting + "\n";
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        if (!Request.getPathInContext(request).equals("/slow")) {
            answer(response, HttpStatus.OK_200, body, callback);
            return true;
        }
        Fields query = Request.extractQueryParameters(request);
        String milliseconds = query.getValue("ms");
        if (milliseconds == null || !MILLISECONDS.matcher(milliseconds).matches()) {
            answer(response, HttpStatus.BAD_REQUEST_400, "expected /slow?ms=N, N from 0 to 999999\n", callback);
            return true;
        }
        request.getComponents()
                .getScheduler()
                .schedule(
                        () -> answer(response, HttpStatus.OK_200, body, callback),
                        Long.parseLong(milliseconds),
                        TimeUnit.MILLISECONDS);
        return true;
    }

    private void answer(Response response, int status, String text, Callback callback) {
        response.setStatus(status);
        response.getHeaders().put("X-Worker", name);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");
        if (worker.isDraining()) {
            response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
        }
        Content.Sink.write(response, true, text, callback);
    }
}
