package dev.handover.supervisor.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which kernel this is, as far as its names say: a distribution's release names a branch, and what stands in it may be
 * older or newer.
 *
 * @param name as {@code uname -r} tells it
 * @param branch the two numbers that a branch of the kernel is called by
 * @param patch the third one, of the release of the kernel's own makers that this one is built from; empty where its
 *     names don't tell
 */
public record KernelRelease(String name, Branch branch, OptionalInt patch) {
    private static final Path RELEASE = Path.of("/proc/sys/kernel/osrelease");
    private static final Path BUILD = Path.of("/proc/sys/kernel/version");
    /** Ubuntu's: its own name, and the release that it is built from. */
    private static final Path SIGNATURE = Path.of("/proc/version_signature");

    private static final Pattern NAME = Pattern.compile("(\\d+)\\.(\\d+)(?:\\.(\\d+))?(.*)", Pattern.DOTALL);
    private static final Pattern DEBIAN = Pattern.compile("\\bDebian (\\d+)\\.(\\d+)\\.(\\d+)\\S*");
    private static final Pattern UBUNTU = Pattern.compile("Ubuntu \\S+ (\\d+)\\.(\\d+)\\.(\\d+)");
    /** Red Hat's and its kin's, which stay at a number for years while fixes go in. */
    private static final Pattern ENTERPRISE = Pattern.compile(".*\\.el\\d.*", Pattern.DOTALL);

    /** Such as 6.18. */
    public record Branch(int major, int minor) implements Comparable<Branch> {
        @Override
        public int compareTo(Branch other) {
            return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
        }

        @Override
        public String toString() {
            return major + "." + minor;
        }
    }

    /** Of the kernel that runs; empty where what it calls itself is no kernel's name. */
    public static Optional<KernelRelease> running() {
        String release = text(RELEASE);
        return release.isEmpty() ? Optional.empty() : parse(release, text(BUILD), text(SIGNATURE));
    }

    /**
     * @param release what {@code uname -r} prints
     * @param build what {@code uname -v} prints
     * @param signature the contents of Ubuntu's /proc/version_signature, or an empty text
     */
    static Optional<KernelRelease> parse(String release, String build, String signature) {
        Matcher name = NAME.matcher(release);
        if (!name.matches()) {
            return Optional.empty();
        }
        Branch branch = new Branch(Integer.parseInt(name.group(1)), Integer.parseInt(name.group(2)));
        for (Matcher told : List.of(DEBIAN.matcher(build), UBUNTU.matcher(signature))) {
            if (told.find()) {
                Branch from = new Branch(Integer.parseInt(told.group(1)), Integer.parseInt(told.group(2)));
                return Optional.of(new KernelRelease(release, from, OptionalInt.of(Integer.parseInt(told.group(3)))));
            }
        }
        return Optional.of(new KernelRelease(release, branch, patch(name.group(3), name.group(4))));
    }

    /** A 0 with something behind it stands for a branch, whichever of its releases has been taken. */
    private static OptionalInt patch(String number, String rest) {
        boolean vague = number == null || (number.equals("0") && !rest.isEmpty());
        return vague || ENTERPRISE.matcher(rest).matches()
                ? OptionalInt.empty()
                : OptionalInt.of(Integer.parseInt(number));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        } catch (IOException none) {
            return "";
        }
    }

    /** Whether it has the defect. */
    public KernelDefect.Verdict has(KernelDefect defect) {
        return defect.in(branch, patch);
    }

    /** Its name, and the release that it is built from where that is another. */
    @Override
    public String toString() {
        String from = branch + (patch.isPresent() ? "." + patch.getAsInt() : "");
        return patch.isEmpty() || name.startsWith(from) ? name : name + ", which is " + from;
    }
}
