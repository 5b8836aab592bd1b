package dev.handover.supervisor.http;

import dev.handover.supervisor.linux.UnixConnection;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/**
 * A connection of a Unix socket in the form that the library takes. It has no timeouts: who reads for too long is ended by
 * {@link #close}, which ends reads and writes under way.
 */
final class UnixSocket extends Socket {
    private final UnixConnection connection;

    UnixSocket(UnixConnection connection) {
        this.connection = connection;
    }

    @Override
    public InputStream getInputStream() {
        return connection.input();
    }

    @Override
    public OutputStream getOutputStream() {
        return connection.output();
    }

    @Override
    public void setSoTimeout(int millis) {}

    @Override
    public int getSoTimeout() {
        return 0;
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public synchronized void close() {
        connection.close();
    }
}
