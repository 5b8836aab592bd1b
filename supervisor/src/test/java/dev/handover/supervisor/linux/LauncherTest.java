package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.terms.Exit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class LauncherTest {
    private static final Path SHELL = Path.of("/bin/sh");

    @TempDir
    Path folder;

    private Path out;
    private Path err;
    private final List<CString> environment = new ArrayList<>(List.of(CString.of("PATH=/usr/bin:/bin")));

    @BeforeEach
    void makeFiles() throws IOException {
        out = Files.createFile(folder.resolve("out"));
        err = Files.createFile(folder.resolve("err"));
        Launcher.takeChildren();
    }

    private Program program(Path file, String... arguments) {
        List<CString> words =
                new ArrayList<>(List.of(CString.of(file.getFileName().toString())));
        List.of(arguments).forEach(argument -> words.add(CString.of(argument)));
        return new Program(file, words, environment, folder, out, err);
    }

    private static Exit end(long child) {
        await().until(() -> !(Children.exit(child) instanceof Exit.Unknown));
        Exit exit = Children.exit(child);
        Children.reap(child);
        return exit;
    }

    private String shell(String script, String... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of("-c", script, "sh"));
        words.addAll(List.of(arguments));
        Exit exit = end(Launcher.start(program(SHELL, words.toArray(String[]::new))));
        assertThat(exit).as(Files.readString(err)).isEqualTo(new Exit.Code(0));
        return Files.readString(out);
    }

    @Test
    void noSignalIsBlockedOrIgnored() throws Exception {
        // Java blocks some signals for itself (SIGQUIT), and a child of `nohup` or of a script's `&` has some ignored.
        Kernel.LIBC.signal(1, Kernel.RUNTIME.getMemoryManager().newPointer(1));
        try {
            // sed is asked, not the shell, which changes what it likes of its own.
            Exit exit = end(Launcher.start(
                    program(Path.of("/bin/sed"), "-n", "s/^Sig\\(Blk\\|Ign\\):[[:space:]]*//p", "/proc/self/status")));
            assertThat(exit).isEqualTo(new Exit.Code(0));
            assertThat(out).hasContent("0000000000000000\n0000000000000000");
        } finally {
            Kernel.LIBC.signal(1, null);
        }
    }

    private Program with(OptionalInt umask, OptionalInt nice, String script) {
        return with(umask, nice, Optional.empty(), script);
    }

    private Program with(OptionalInt umask, OptionalInt nice, Optional<Account> account, String script) {
        Program plain = program(SHELL, "-c", script);
        return new Program(plain.file(), plain.words(), environment, folder, out, err, umask, nice, account);
    }

    @Test
    void aProgramHasTheUmaskAndNicenessThatItIsGivenAndThisProcessKeepsItsOwn() throws Exception {
        String before = shell("umask; cut -d ' ' -f 19 /proc/self/stat");
        Files.write(out, new byte[0]);
        Program other =
                with(OptionalInt.of(0135), OptionalInt.of(7), "umask; cut -d ' ' -f 19 /proc/self/stat; echo $0");
        assertThat(end(Launcher.start(other))).isEqualTo(new Exit.Code(0));
        assertThat(out).hasContent("0135\n7\nsh");
        Files.write(out, new byte[0]);
        assertThat(shell("umask; cut -d ' ' -f 19 /proc/self/stat")).isEqualTo(before);
    }

    @Test
    void whereAThreadCanHaveNoUmaskAShellSetsIt() throws Exception {
        Program other = with(OptionalInt.of(0135), OptionalInt.empty(), "umask; echo \"$0 $1\"");
        List<CString> words = new ArrayList<>(other.words());
        words.add(CString.of("two words"));
        words.add(CString.of("$1"));
        Program byShell = ThreadSettings.byShell(other.as(SHELL, words));
        assertThat(end(Launcher.start(byShell))).isEqualTo(new Exit.Code(0));
        assertThat(out).hasContent("0135\ntwo words $1");
    }

    @Test
    void aNicenessThatIsRefusedIsToldWithWhatAllowsIt() {
        assumeTrue(Processes.ownUid() != 0, "root may let a program run before others");
        assertThatThrownBy(() -> Launcher.start(with(OptionalInt.empty(), OptionalInt.of(-5), "true")))
                .isInstanceOf(IOException.class)
                .hasMessage("nice = -5 is refused (EACCES): this user may not go below the supervisor's niceness;"
                        + " CAP_SYS_NICE, or RLIMIT_NICE (LimitNICE= of its unit), allows it");
    }

    @Test
    void aProgramLeadsASessionOfItsOwn() throws Exception {
        String[] stat = shell("cut -d ' ' -f 1,5,6 /proc/$$/stat").strip().split(" ");
        assertThat(stat[1]).as("its process group").isEqualTo(stat[0]);
        assertThat(stat[2]).as("its session").isEqualTo(stat[0]);
    }

    @ParameterizedTest(name = "with closefrom: {0}")
    @ValueSource(booleans = {true, false})
    void aProgramHasItsStandardDescriptorsOnly(boolean closeFrom) throws Exception {
        Fd leaky = new Fd(Kernel.call("socket", "a leaky one", () -> Kernel.LIBC.socket(Abi.AF_UNIX, 1, 0)), "leaky");
        try (leaky) {
            // What the shell itself opens to list and to read them is a pipe, or gone when it is looked at.
            Program list = program(
                    SHELL,
                    "-c",
                    "for fd in /proc/$$/fd/*; do to=$(readlink $fd) || continue;"
                            + " case $to in pipe:*) ;; *) echo ${fd##*/} $to;; esac; done");
            assertThat(end(Launcher.start(list, null, closeFrom))).isEqualTo(new Exit.Code(0));
        }
        assertThat(out).hasContent("0 /dev/null\n1 " + out + "\n2 " + err);
    }

    @Test
    void wordsEnvironmentAndFolderAreTheBytesThatTheyAre() throws Exception {
        Path umlaut = Files.createDirectory(folder.resolve("zürich"));
        byte[] notText = {(byte) 'X', '=', (byte) 0xff, (byte) 0xfe};
        environment.add(CString.of(notText));
        Program program = new Program(
                SHELL,
                List.of(
                        CString.of("sh"),
                        CString.of("-c"),
                        CString.of("printf '%s|%s|' \"$1\" \"$X\"; pwd"),
                        CString.of("sh"),
                        CString.of("--city=Zürich")),
                environment,
                umlaut,
                out,
                err);
        assertThat(end(Launcher.start(program))).isEqualTo(new Exit.Code(0));
        String expected = "--city=Zürich|??|" + umlaut + "\n";
        byte[] bytes = expected.getBytes(StandardCharsets.UTF_8);
        int first = "--city=Zürich|".getBytes(StandardCharsets.UTF_8).length;
        bytes[first] = (byte) 0xff;
        bytes[first + 1] = (byte) 0xfe;
        assertThat(out).hasBinaryContent(bytes);
    }

    @Test
    void howAProgramEndedIsToldUntilItIsReaped() throws Exception {
        long exited = Launcher.start(program(SHELL, "-c", "exit 143"));
        long killed = Launcher.start(program(SHELL, "-c", "kill -TERM $$"));
        await().until(() -> Children.exit(killed) instanceof Exit.Killed);
        assertThat(Children.exit(killed)).isEqualTo(new Exit.Killed("SIGTERM", false));
        assertThat(Children.exit(killed)).hasToString("was killed by SIGTERM");
        assertThat(end(exited)).isEqualTo(new Exit.Code(143));
        Children.reap(killed);
        assertThat(Children.exit(killed)).isEqualTo(new Exit.Unknown());
        assertThat(Processes.stat(killed)).isEmpty();
    }

    @Test
    void scriptThatNamesNoInterpreterIsRunByTheShell() throws Exception {
        Path script = executable("plain", "echo $0 $1");
        assertThat(end(Launcher.start(program(script, "one")))).isEqualTo(new Exit.Code(0));
        assertThat(out).hasContent(script + " one");
    }

    private Path executable(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void refusedStartSaysOnWhat() throws Exception {
        Path missing = folder.resolve("missing");
        assertRefused(program(missing), "there is no file " + missing + " (ENOENT)");
        Path script = executable("script", "#!/no/such/python -u\n");
        assertRefused(program(script), script + " is to be run by /no/such/python, which is not there (ENOENT)");
        Path text = Files.writeString(folder.resolve("text"), "#!/bin/sh\n");
        assertRefused(program(text), "this user may not execute " + text + " (EACCES)");
        assertRefused(program(folder), folder + " is a folder, not a program (EACCES)");
        Path gone = folder.resolve("gone");
        Program homeless = new Program(SHELL, List.of(CString.of("sh")), environment, gone, out, err);
        assertRefused(homeless, "there is no folder " + gone);
        Program inFile = new Program(SHELL, List.of(CString.of("sh")), environment, text, out, err);
        assertRefused(inFile, text + " is not a folder");
        assertRefused(
                program(SHELL, "x".repeat(200_000)),
                "its words and its environment are too long together" + " (`getconf ARG_MAX`) (E2BIG)");
    }

    @Test
    void folderThatMayNotBeEnteredIsNamed() throws Exception {
        assumeTrue(Processes.ownUid() != 0, "root may enter every folder");
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        assertRefused(
                new Program(SHELL, List.of(CString.of("sh")), environment, closed, out, err),
                "this user may not enter " + closed + " (EACCES)");
    }

    private static void assertRefused(Program program, String message) {
        assertThatThrownBy(() -> Launcher.start(program))
                .isInstanceOf(IOException.class)
                .hasMessage(message);
    }

    @Test
    void anotherUsersProgramIsHisWithAllHisGroupsAndThisProcessStaysAsItIs() throws Exception {
        assumeTrue(Processes.ownUid() == 0, "needs root");
        String own = shell("id -u; id -G");
        Files.write(out, new byte[0]);
        Account account = new Account("somebody", 65534, 65533, List.of(65533, 12), "/", "");
        Program his = with(OptionalInt.of(027), OptionalInt.of(-1), Optional.of(account), "id -u; id -g; id -G; umask");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        assertThat(end(Launcher.start(his))).as(Files.readString(err)).isEqualTo(new Exit.Code(0));
        assertThat(out).hasContent("65534\n65533\n65533 12\n0027");
        Files.write(out, new byte[0]);
        assertThat(shell("id -u; id -G")).isEqualTo(own);
        assertThat(Files.getAttribute(Path.of("/proc/self/status"), "unix:uid")).isEqualTo(0);
    }

    @Test
    void onlyRootStartsAnotherUsersProgram() throws Exception {
        assumeTrue(Processes.ownUid() != 0, "root may");
        Optional<Account> root = Optional.of(Account.of("root", Optional.empty()));
        Program his = with(OptionalInt.empty(), OptionalInt.empty(), root, "exit");
        assertThatThrownBy(() -> Launcher.start(his))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("user = \"root\" is refused (setgroups: EPERM): only root");
    }

    @Test
    void usersAndGroupsAreLookedUpByNameOrNumber() throws Exception {
        Account root = Account.of("root", Optional.empty());
        assertThat(root.uid()).isZero();
        assertThat(root.groups()).contains(root.gid());
        assertThat(root.home()).isEqualTo("/root");
        assertThat(Account.of("0", Optional.of("0"))).isEqualTo(root);
        assertThatThrownBy(() -> Account.of("nobody-at-all", Optional.empty()))
                .hasMessage("there is no user 'nobody-at-all' on this machine (getent passwd nobody-at-all)");
        assertThatThrownBy(() -> Account.of("root", Optional.of("no-group")))
                .hasMessage("there is no group 'no-group' on this machine (getent group no-group)");
    }
}
