package org.vsekai.nebula.casync.archive;

import java.util.Locale;
import java.util.Set;
import org.vsekai.nebula.casync.UnsafePathException;

/**
 * What may stand in a folder, beyond what every archive must keep to (one path component per name, neither empty nor
 * {@code .} nor {@code ..}, no {@code /}, no NUL, valid UTF-8: the decoder sees to that).
 *
 * @param portableNames refuse names that Windows reserves or cannot hold: {@code CON}, {@code aux.txt}, a trailing dot or
 *     blank, control characters and {@code \ : * ? " < > |}
 * @param containedLinks refuse symlinks that are absolute or lead out of the archive. {@code ..} may only stand in front:
 *     behind a name it would depend on where that name leads, so only the front can be judged without following links
 * @param plainKinds refuse devices, FIFOs and sockets
 */
public record EntryPolicy(boolean portableNames, boolean containedLinks, boolean plainKinds) {
    /** For what is published to players and unpacked on their machines, whatever their system. */
    public static final EntryPolicy PORTABLE = new EntryPolicy(true, true, true);

    /** For archives of others that are unpacked by hand: what every system can hold, and devices, FIFOs and sockets. */
    public static final EntryPolicy CONTAINED = new EntryPolicy(true, true, false);

    /** For archives of the user's own folders. */
    public static final EntryPolicy ANYTHING = new EntryPolicy(false, false, false);

    private static final Set<String> RESERVED = Set.of("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$");

    /**
     * Refuses an entry that the policy does not allow. The path's other components have been entries before.
     *
     * @param source what the error calls the archive
     * @throws UnsafePathException naming the entry's path and offset
     */
    public void check(String source, ArchiveEntry entry) {
        if (portableNames && !isPortable(entry.name())) {
            throw new UnsafePathException(
                    source, entry.offset(), entry.path(), "the name cannot be used on Windows; rename it");
        }
        switch (entry.kind()) {
            case FILE, DIRECTORY -> {}
            case SYMLINK -> {
                if (containedLinks && !staysInside(entry.linkTarget(), entry.depth())) {
                    throw new UnsafePathException(
                            source,
                            entry.offset(),
                            entry.path(),
                            "the symlink to \"%s\" may lead out of the folder".formatted(entry.linkTarget()));
                }
            }
            case DEVICE, FIFO, SOCKET -> {
                if (plainKinds) {
                    throw new UnsafePathException(
                            source,
                            entry.offset(),
                            entry.path(),
                            "it is a %s; only files, folders and symlinks are allowed"
                                    .formatted(entry.kind().name().toLowerCase(Locale.ROOT)));
                }
            }
        }
    }

    private static boolean isPortable(String name) {
        if (name.isEmpty()) {
            return true; // the root, which the archive does not name
        }
        if (name.endsWith(".") || name.endsWith(" ")) {
            return false;
        }
        if (name.chars().anyMatch(c -> c < 0x20 || "\\:*?\"<>|".indexOf(c) >= 0)) {
            return false;
        }
        // Windows takes the part before the first dot, less trailing blanks, for the device.
        int dot = name.indexOf('.');
        String stem = (dot < 0 ? name : name.substring(0, dot)).stripTrailing().toUpperCase(Locale.ROOT);
        return !RESERVED.contains(stem) && !stem.matches("(COM|LPT)[0-9\u00b9\u00b2\u00b3]");
    }

    private static boolean staysInside(String target, int depth) {
        // A backslash or a drive letter is a path of its own on Windows.
        if (target.startsWith("/") || target.indexOf('\\') >= 0 || target.matches("[A-Za-z]:.*")) {
            return false;
        }
        int up = 0;
        boolean descended = false;
        for (String component : target.split("/", -1)) {
            switch (component) {
                case "", "." -> {}
                case ".." -> {
                    if (descended || ++up > depth) {
                        return false;
                    }
                }
                default -> descended = true;
            }
        }
        return true;
    }
}
