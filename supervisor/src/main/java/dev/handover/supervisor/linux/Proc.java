package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Reads files and folders of proc(5) also where this process has as many descriptors open as it may: what could not be
 * looked at would be taken for what has ended, or holds nothing.
 */
final class Proc {
    private static final Path ROOT = Path.of("/proc");
    /** The JDK opens a folder by two. */
    private static final int FOR_ONE_LOOK = 2;

    private static final SpareDescriptors SPARE = new SpareDescriptors(FOR_ONE_LOOK);

    private Proc() {}

    private interface Look<T> {
        T take() throws IOException;
    }

    /** Looks at descriptors. */
    interface Visitor {
        boolean goesOn(Path descriptor) throws IOException;
    }

    /** @throws IOException also if there is no such process: see {@link Why#isOfNoProcess} */
    static String read(long pid, String file) throws IOException {
        // A name may hold any byte, so this is not UTF-8.
        return take(() -> Files.readString(ROOT.resolve(pid + "/" + file), StandardCharsets.ISO_8859_1));
    }

    /** The processes' ids; those of processes that end meanwhile may be among them. */
    static List<Long> pids() throws IOException {
        return ids(ROOT);
    }

    /** The ids of a process's threads, likewise. */
    static List<Long> threads(long pid) throws IOException {
        return ids(ROOT.resolve(pid + "/task"));
    }

    private static List<Long> ids(Path folder) throws IOException {
        return take(() -> {
            List<Long> ids = new ArrayList<>();
            try (DirectoryStream<Path> each = Files.newDirectoryStream(folder, "[1-9]*")) {
                each.forEach(one -> ids.add(Long.parseLong(one.getFileName().toString())));
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
            return ids;
        });
    }

    /**
     * Goes through a process's open descriptors, each a symbolic link.
     *
     * @param visitor is told of one after the other, until it has enough
     * @throws IOException also if there is no such process: see {@link Why#isOfNoProcess}
     */
    static void descriptors(long pid, Visitor visitor) throws IOException {
        take(() -> {
            try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(ROOT.resolve(pid + "/fd"))) {
                Iterator<Path> each = descriptors.iterator();
                boolean more = true;
                while (more && each.hasNext()) {
                    more = visitor.goesOn(each.next());
                }
                return more;
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        });
    }

    private static <T> T take(Look<T> look) throws IOException {
        SPARE.refill(); // What was given up once may be to be had again by now.
        try {
            return look.take();
        } catch (FileSystemException e) {
            if (!Why.isShortOfDescriptors(e)) {
                throw e;
            }
        }
        synchronized (SPARE) {
            SPARE.giveUp(FOR_ONE_LOOK);
            try {
                return look.take();
            } finally {
                SPARE.refill();
            }
        }
    }
}
