package dev.handover.supervisor.cli;

import dev.handover.supervisor.lines.Lines;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** A line at a time to the supervisor and from it, over the JDK's own Unix socket: loading a native library takes long. */
final class SupervisorConnection implements AutoCloseable {
    /** Of one answer, in bytes: enough for the status of any number of workers that a supervisor can run. */
    private static final int LONGEST_LINE = 1 << 26;

    private final Path socket;
    private final SocketChannel channel;
    private final Lines lines;

    private SupervisorConnection(Path socket, SocketChannel channel) {
        this.socket = socket;
        this.channel = channel;
        this.lines = new Lines(Channels.newInputStream(channel), LONGEST_LINE);
    }

    static SupervisorConnection open(Path socket) throws Failure {
        // Asked first, because it is quick, and loading the JDK's sockets is not.
        if (Files.notExists(socket)) {
            throw new NotRunning(socket, NotRunning.NO_SOCKET);
        }
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            return new SupervisorConnection(socket, channel);
        } catch (ConnectException e) {
            close(channel);
            throw new NotRunning(
                    socket, Files.isDirectory(socket) ? NotRunning.FOLDER : "it is there, but nobody listens on it");
        } catch (IOException e) {
            close(channel);
            throw refused(socket, e);
        } catch (IllegalArgumentException e) {
            throw new NotRunning(socket, String.valueOf(e.getMessage()));
        }
    }

    /** The JDK states errno by its text, in the user's language; so the file is asked. */
    private static Failure refused(Path socket, IOException refused) {
        try {
            BasicFileAttributes there = Files.readAttributes(socket, BasicFileAttributes.class);
            if (there.isDirectory()) {
                return new NotRunning(socket, NotRunning.FOLDER);
            }
            if (Files.isWritable(socket)) {
                return new NotRunning(socket, Why.of(refused));
            }
        } catch (AccessDeniedException hidden) {
            // Its folder may not be entered.
        } catch (IOException other) {
            return new NotRunning(socket, Why.of(other));
        }
        return new Failure(
                ExitCode.NO_PERMISSION,
                "no permission for " + socket + "; it takes root or the user that the supervisor runs as");
    }

    void send(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** The next line; null where the supervisor has ended the connection. */
    @Nullable
    String receive() throws IOException {
        byte[] line = lines.next();
        return line == null ? null : new String(line, StandardCharsets.UTF_8);
    }

    Path socket() {
        return socket;
    }

    /** Ends a receive under way in another thread, with an exception. */
    @Override
    public void close() {
        close(channel);
    }

    private static void close(@Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // There is nothing left to lose: whatever was to be said has been said.
        }
    }
}
