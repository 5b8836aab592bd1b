package dev.handover.chaos;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Says hello to whoever connects: a server to run in a process of its own. */
final class BannerServer {
    private BannerServer() {}

    public static void main(String[] args) throws IOException {
        byte[] banner = ("Hello from process " + ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8);
        try (ServerSocket listener = new ServerSocket(Integer.parseInt(args[0]), 512)) {
            while (true) {
                try (Socket socket = listener.accept()) {
                    socket.getOutputStream().write(banner);
                }
            }
        }
    }
}
