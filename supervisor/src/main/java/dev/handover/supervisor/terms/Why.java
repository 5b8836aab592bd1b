package dev.handover.supervisor.terms;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;

/** Why reading or writing failed, in words for people, on one line. The JDK's own message is often but the file's name. */
public final class Why {
    /** What the kernel calls EMFILE. */
    public static final String NO_DESCRIPTORS =
            "this process has as many descriptors open as it may (`ulimit -n`, or" + " LimitNOFILE= of its unit)";

    private static final String NO_DESCRIPTORS_TO_THE_JDK = "Too many open files";
    private static final String NO_PROCESS_TO_THE_JDK = "No such process";

    private Why() {}

    /** What was wrong, and with which file if it is known: {@code /etc/handover.toml is not there}. */
    public static String of(IOException failed) {
        if (failed instanceof FileSystemException onFile && onFile.getFile() != null) {
            return onFile(onFile);
        }
        if (failed instanceof CharacterCodingException) {
            return "it is not UTF-8";
        }
        String message = failed.getMessage();
        if (message == null || message.isBlank()) {
            return failed.getClass().getSimpleName();
        }
        return failed instanceof FileNotFoundException ? "no such file: " + message : message;
    }

    /** Whether a file could not be opened as too many are: by this process (EMFILE) or on the machine (ENFILE). */
    public static boolean isShortOfDescriptors(FileSystemException failed) {
        String reason = failed.getReason();
        return reason != null && reason.startsWith(NO_DESCRIPTORS_TO_THE_JDK);
    }

    /** Whether a file of proc(5) could not be read as its process ended before (ENOENT) or meanwhile (ESRCH). */
    public static boolean isOfNoProcess(IOException failed) {
        String reason = failed instanceof FileSystemException onFile ? onFile.getReason() : failed.getMessage();
        return failed instanceof NoSuchFileException || NO_PROCESS_TO_THE_JDK.equals(reason);
    }

    private static String onFile(FileSystemException failed) {
        String files =
                failed.getOtherFile() == null ? failed.getFile() : failed.getFile() + " to " + failed.getOtherFile();
        if (failed instanceof NoSuchFileException) {
            return files + " is not there";
        }
        if (failed instanceof AccessDeniedException) {
            return files + ": this user has no permission";
        }
        if (failed instanceof FileAlreadyExistsException) {
            return files + " is there already";
        }
        if (failed instanceof NotDirectoryException) {
            return files + " is no folder";
        }
        if (failed instanceof NotLinkException) {
            return files + " is no symbolic link";
        }
        if (failed instanceof DirectoryNotEmptyException) {
            return files + " is a folder that is not empty";
        }
        String reason = failed.getReason();
        if (NO_DESCRIPTORS_TO_THE_JDK.equals(reason)) {
            return files + ": " + NO_DESCRIPTORS;
        }
        return files + ": " + (reason == null ? failed.getClass().getSimpleName() : reason);
    }
}
