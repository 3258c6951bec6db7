package org.vsekai.nebula.casync.archive;

import java.util.Set;

/**
 * What of a folder goes into its archive.
 *
 * @param normalized leave out what differs between machines: owner 0, mode 0644 or 0755 by the owner's execute bit, time
 *     0, no xattrs, so that equal content makes equal bytes; else all of that is kept, xattrs of the {@code user}
 *     namespace included
 * @param excluded names left out at the top of the folder
 * @param policy what may be in the folder
 */
public record ArchiveOptions(boolean normalized, Set<String> excluded, EntryPolicy policy) {
    public ArchiveOptions {
        excluded = Set.copyOf(excluded);
    }

    /** For publishing: normalised, and only what every player's system can hold. */
    public static ArchiveOptions publishing() {
        return new ArchiveOptions(true, Set.of(), EntryPolicy.PORTABLE);
    }

    /** For archives of one's own folders. */
    public static ArchiveOptions keepingEverything() {
        return new ArchiveOptions(false, Set.of(), EntryPolicy.ANYTHING);
    }

    public ArchiveOptions excluding(String... names) {
        return new ArchiveOptions(normalized, Set.of(names), policy);
    }

    public ArchiveOptions withPolicy(EntryPolicy policy) {
        return new ArchiveOptions(normalized, excluded, policy);
    }
}
