package dev.handover.supervisor.linux;

import java.util.Set;

/** The states of a socket, with the kernel's numbers (net/tcp_states.h). */
public enum SocketState {
    /** A TCP connection; a connected UDP socket. */
    ESTABLISHED(1),
    SYN_SENT(2),
    /** A handshake in flight: the kernel has answered a SYN and waits for the client. */
    SYN_RECV(3),
    FIN_WAIT1(4),
    FIN_WAIT2(5),
    TIME_WAIT(6),
    /** An unconnected UDP socket. */
    CLOSE(7),
    CLOSE_WAIT(8),
    LAST_ACK(9),
    LISTEN(10),
    CLOSING(11);

    private final int number;

    SocketState(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** The set as the kernel takes it: bit n for state n. */
    static int mask(Set<SocketState> states) {
        return states.stream().mapToInt(state -> 1 << state.number).reduce(0, (a, b) -> a | b);
    }

    static SocketState of(int number) {
        for (SocketState state : values()) {
            if (state.number == number) {
                return state;
            }
        }
        throw new IllegalArgumentException("a socket's state that was not asked for: " + number);
    }
}
