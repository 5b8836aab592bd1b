package dev.handover.supervisor.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.terms.Event;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class InboxTest {
    private final Inbox inbox = new Inbox();
    private final AtomicInteger said = new AtomicInteger();

    private Thread speaker(int events) {
        Consumer<Event> way = inbox.way();
        Thread speaker = new Thread(() -> {
            for (int i = 0; i < events; i++) {
                way.accept(new Event.Tick());
                said.incrementAndGet();
            }
        });
        speaker.setDaemon(true);
        speaker.start();
        return speaker;
    }

    @Test
    void oneWhoSaysMuchWaitsUntilItIsTaken() throws InterruptedException {
        Thread speaker = speaker(100);
        await().until(() -> speaker.getState() == Thread.State.WAITING);
        assertThat(said).hasValue(Inbox.MOST_OF_A_WAY);
        for (int i = 0; i < 100; i++) {
            assertThat(inbox.next(Long.MAX_VALUE)).isNotNull();
        }
        speaker.join();
        assertThat(inbox.next(0)).isNull();
    }

    @Test
    void whoWaitsIsInNobodyElsesWay() throws InterruptedException {
        Thread waits = speaker(Inbox.MOST_OF_A_WAY + 1);
        await().until(() -> waits.getState() == Thread.State.WAITING);
        inbox.add(new Event.StopNow());
        speaker(Inbox.MOST_OF_A_WAY).join();
        for (int i = 0; i < Inbox.MOST_OF_A_WAY; i++) {
            assertThat(inbox.next(Long.MAX_VALUE)).isInstanceOf(Event.Tick.class);
        }
        assertThat(inbox.next(Long.MAX_VALUE)).isInstanceOf(Event.StopNow.class);
    }
}
