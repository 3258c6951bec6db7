package org.vsekai.nebula.casync.archive;

/**
 * How an archive becomes a folder.
 *
 * @param policy what may be in the folder
 * @param fresh the folder must not hold anything of the archive yet, so that two names which the file system takes for
 *     one are refused; else files and symlinks that are in the way are replaced
 * @param owners set owner and group, and setuid, setgid and sticky bits, which mean nothing without them; needs root
 * @param permissions set permission bits
 * @param times set modification times, those of symlinks too
 * @param xattrs set extended attributes of the {@code user} namespace; others are passed over, since they need rights that
 *     an archive should not make use of
 * @param durable sync each file and folder, so that the tree survives power loss once extraction has returned
 * @param resumable a file that is being written when extraction fails stays, for a later run to go on from; else it goes
 */
public record ExtractOptions(
        EntryPolicy policy,
        boolean fresh,
        boolean owners,
        boolean permissions,
        boolean times,
        boolean xattrs,
        boolean durable,
        boolean resumable) {

    /** For a game on a player's machine: a new folder, owned by the player, on disk when done. */
    public static ExtractOptions forPlayers() {
        return new ExtractOptions(EntryPolicy.PORTABLE, true, false, true, true, false, true, false);
    }

    /**
     * For archives unpacked by hand: over what is there, with all that the archive keeps. Names that Windows reserves and
     * symlinks that lead out are refused; who trusts the archive adds {@link EntryPolicy#ANYTHING}.
     *
     * @param owners whether owners are set, which only root can
     */
    public static ExtractOptions keepingEverything(boolean owners) {
        return new ExtractOptions(EntryPolicy.CONTAINED, false, owners, true, true, true, false, false);
    }

    public ExtractOptions withPolicy(EntryPolicy policy) {
        return new ExtractOptions(policy, fresh, owners, permissions, times, xattrs, durable, resumable);
    }

    public ExtractOptions withDurable(boolean durable) {
        return new ExtractOptions(policy, fresh, owners, permissions, times, xattrs, durable, resumable);
    }

    public ExtractOptions withResumable(boolean resumable) {
        return new ExtractOptions(policy, fresh, owners, permissions, times, xattrs, durable, resumable);
    }
}
