package dev.handover.e2e.server;

import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;

/** Jetty, told to stop gracefully when the JVM does. */
public final class JettyServer {
    private static final int BACKLOG = 512;
    private static final long STOP_TIMEOUT_MILLIS = 30_000;

    private JettyServer() {}

    public static void main(String[] args) throws Exception {
        String greeting = "Hello from " + ProcessHandle.current().pid() + "\n";
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setPort(Integer.parseInt(args[0]));
        connector.setAcceptQueueSize(BACKLOG);
        server.addConnector(connector);
        server.setStopAtShutdown(true);
        server.setStopTimeout(STOP_TIMEOUT_MILLIS);
        server.setHandler(new GracefulHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                Content.Sink.write(response, true, greeting, callback);
                return true;
            }
        }));
        server.start();
    }
}
