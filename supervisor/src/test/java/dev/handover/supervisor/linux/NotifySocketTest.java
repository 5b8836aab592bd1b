package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class NotifySocketTest {
    @TempDir
    Path temporary;

    private Path path;
    private ReadWatch watch;
    private NotifySocket socket;
    private final BlockingQueue<Notification> received = new LinkedBlockingQueue<>();
    private final List<String> troubles = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() throws IOException {
        path = temporary.resolve("folder/notify.sock");
        watch = new ReadWatch("notify-test-read", troubles::add);
        socket = new NotifySocket(path, watch, received::add, troubles::add);
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        watch.close();
        assertThat(path).doesNotExist();
    }

    @Test
    void notificationComesWithItsSender() throws Exception {
        notifier().send("READY=1\nSTATUS=grüßt");
        Notification notification = received.take();
        assertThat(notification.text()).isEqualTo("READY=1\nSTATUS=grüßt");
        assertThat(notification.sender().pid())
                .isEqualTo(ProcessHandle.current().pid());
        assertThat(notification.sender().uid()).isEqualTo(Processes.ownUid());
    }

    @Test
    void notificationsKeepTheirOrder() throws Exception {
        for (int i = 0; i < 100; i++) {
            notifier().send("STATUS=" + i);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(received.take().text()).isEqualTo("STATUS=" + i);
        }
    }

    @Test
    void notificationThatIsTooLongIsSaidAndIgnored() throws Exception {
        notifier().send("STATUS=" + "x".repeat(4096));
        notifier().send("READY=1");
        assertThat(received.take().text()).isEqualTo("READY=1");
        assertThat(troubles)
                .containsExactly(path + ": ignored a notification of more than 4096 bytes from pid "
                        + ProcessHandle.current().pid() + ", uid " + Processes.ownUid());
    }

    @Test
    void descriptorPassedWithANotificationIsClosedAtOnceAsTheSendersBarrierExpects() throws Exception {
        Process sender = Python.start(
                "import os, socket, sys",
                "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)",
                "r, w = os.pipe()",
                "s.connect(sys.argv[1])",
                "socket.send_fds(s, [b'BARRIER=1'], [w])",
                "os.close(w)",
                "print(repr(os.read(r, 1)))",
                path.toString());
        assertThat(Python.line(sender)).isEqualTo("b''");
        Notification barrier = received.take();
        assertThat(barrier.text()).isEqualTo("BARRIER=1");
        assertThat(barrier.sender().pid()).isEqualTo(sender.pid());
    }

    @Test
    void receiverThatThrowsGoesOnReceiving() throws Exception {
        Path other = temporary.resolve("folder/other.sock");
        try (NotifySocket throwing = new NotifySocket(
                other,
                watch,
                notification -> {
                    received.add(notification);
                    throw new IllegalArgumentException("thrown on purpose, to see the next one arrive");
                },
                troubles::add)) {
            SystemdNotifier notifier =
                    SystemdNotifier.of(Map.of("NOTIFY_SOCKET", throwing.path().toString()), 1);
            notifier.send("STATUS=1");
            notifier.send("STATUS=2");
            assertThat(received.take().text()).isEqualTo("STATUS=1");
            assertThat(received.take().text()).isEqualTo("STATUS=2");
        }
    }

    /** In each second 1,000 and one reading at once, and as many readings more as it has pauses. */
    @Test
    void oneWhoSendsMuchIsReadAtALimitedRateAndNothingOfItIsLost() throws Exception {
        long began = System.nanoTime();
        SystemdNotifier notifier = notifier();
        for (int i = 0; i < 6000; i++) {
            notifier.send("STATUS=" + i);
        }
        socket.takeRest();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(1));
        assertThat(received).hasSize(6000).last().extracting(Notification::text).isEqualTo("STATUS=5999");
    }

    @Test
    void whatIsLeftIsTakenBeforeTheCallReturns() throws Exception {
        for (int i = 0; i < 5; i++) {
            notifier().send("STATUS=" + i);
        }
        socket.takeRest();
        assertThat(received).hasSize(5);
    }

    @Test
    void pathInUseIsLeftToItsOwner() throws Exception {
        assertThatThrownBy(() -> new NotifySocket(path, watch, received::add, troubles::add))
                .hasMessage(path + " is in use: another process answers there");
        notifier().send("READY=1");
        assertThat(received.take().text()).isEqualTo("READY=1");
    }

    @Test
    void closingTheWatchEndsItsThread() {
        watch.close();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("notify-test-read")));
    }

    private SystemdNotifier notifier() {
        return SystemdNotifier.of(Map.of("NOTIFY_SOCKET", path.toString()), 1);
    }
}
