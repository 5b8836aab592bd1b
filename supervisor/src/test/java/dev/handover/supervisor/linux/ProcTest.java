package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.Resource;
import dev.handover.supervisor.terms.Why;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("this process may open no file meanwhile")
class ProcTest {
    private static final long SELF = ProcessHandle.current().pid();
    /** More than this process ever has open in tests. */
    private static final int FEW = 4096;

    /** To load a class takes a descriptor, too, where the classes are in a folder. */
    @BeforeAll
    static void loadWhatIsNeededWithoutDescriptors() throws LinuxException {
        assertThat(Why.isShortOfDescriptors(new FileSystemException("any"))).isFalse();
        assertThatThrownBy(() -> Kernel.call("open", "nothing", () -> -1)).isInstanceOf(LinuxException.class);
    }

    /** A look does what it has to without a descriptor to be had. */
    private interface Look {
        void take() throws IOException;
    }

    private static void withoutDescriptors(Look look) throws IOException {
        look.take();
        ResourceLimit own = ResourceLimit.ofThisProcess(Resource.NOFILE);
        List<InputStream> all = new ArrayList<>();
        new ResourceLimit(FEW, own.hard()).set(Resource.NOFILE);
        try {
            assertThatThrownBy(() -> {
                        while (true) {
                            all.add(new FileInputStream("/dev/null"));
                        }
                    })
                    .hasMessageContaining("Too many open files");
            look.take();
            look.take();
        } finally {
            own.set(Resource.NOFILE);
            for (InputStream one : all) {
                one.close();
            }
        }
    }

    @Test
    void whoRunsIsSeenToRun() throws Exception {
        withoutDescriptors(() -> {
            assertThat(Processes.stat(SELF)).isPresent();
            assertThat(Processes.isEnding(SELF)).isFalse();
            assertThat(Processes.commandLine(SELF)).contains("java");
            assertThat(Processes.withDescendants(SELF)).contains(SELF);
        });
    }

    @Test
    void whatIsHeldIsSeenToBeHeld() throws Exception {
        try (ServerSocket socket = new ServerSocket(0);
                SockDiag sockets = new SockDiag()) {
            long inode = sockets.listeners(Transport.TCP, socket.getLocalPort())
                    .get(0)
                    .inode();
            withoutDescriptors(() -> {
                assertThat(ProcessSockets.held(SELF, List.of(inode))).containsKey(inode);
                assertThat(SocketOwners.of(List.of(inode))).containsEntry(inode, SELF);
            });
        }
    }

    @Test
    void whatCannotBeLookedAtIsNotTakenForEmpty() throws Exception {
        List<String> told = new ArrayList<>();
        withoutDescriptors(() -> {
            try {
                Proc.descriptors(SELF, withTheSpareOnes -> {
                    told.add(ProcessSockets.held(SELF, List.of(1L)).toString());
                    return false;
                });
            } catch (FileSystemException e) {
                told.add(e.getReason());
            }
        });
        assertThat(told).containsExactly("{}", "Too many open files", "Too many open files");
    }

    @Test
    void whoHasGoneHasGone() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        assertThat(Processes.stat(process.pid())).isEmpty();
        assertThat(ProcessSockets.held(process.pid(), List.of(1L))).isEmpty();
    }
}
