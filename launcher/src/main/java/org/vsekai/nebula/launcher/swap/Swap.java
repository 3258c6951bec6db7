package org.vsekai.nebula.launcher.swap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.UUID;
import org.vsekai.nebula.casync.durable.DurableFiles;
import org.vsekai.nebula.launcher.BadAnswerException;
import org.vsekai.nebula.launcher.FolderException;
import org.vsekai.nebula.launcher.LocalStorageException;
import org.vsekai.nebula.launcher.files.NativeFiles;
import org.vsekai.nebula.launcher.files.Trees;
import org.vsekai.nebula.launcher.folder.FolderState;
import org.vsekai.nebula.launcher.folder.GameFolder;
import org.vsekai.nebula.launcher.manifest.ManifestReader;

/**
 * Puts the tree in the work folder's {@code new} in the game's place and clears the former tree away.
 *
 * <p>Every tree carries an id of its own in its state file. The journal names the id of the tree that shall stand in the game's
 * place, and is written when that tree is complete and durable, before anything else moves. From then on the names tell how far
 * the swap has come:
 *
 * <pre>
 * game     new      old     what happened                       what recovery does
 * former   next     –       nothing yet                         drops the journal; the update is simply run again
 * –        next     former  first of two renames                renames next into place, then as below
 * next     former   –       the exchange                        renames new to old, then as below
 * next     –        former  the exchange or both renames        carries the player's files over, deletes old
 * next     –        –       old was renamed to trash            deletes the journal, then trash
 * </pre>
 *
 * <p>With {@code renameat2(RENAME_EXCHANGE)} the game's name stands for a whole tree at every moment. Without it, one moment
 * between two renames has no tree there, and the next start of any command on the folder ends it.
 *
 * <p>The caller holds the work folder's lock.
 */
public final class Swap {
    /** Set to {@code off}, as system property or by environment as {@code VSEKAI_EXCHANGE}, the pair of renames is used. */
    public static final String EXCHANGE_PROPERTY = "vsekai.exchange";

    private final GameFolder folder;
    private final Path next;
    private final Path former;
    private final Path trash;
    private final Path journal;
    private final boolean exchangeAllowed;

    public Swap(GameFolder folder, boolean exchangeAllowed) {
        this.folder = folder;
        this.next = folder.work().resolve("new");
        this.former = folder.work().resolve("old");
        this.trash = folder.work().resolve("trash");
        this.journal = folder.work().resolve("swap");
        this.exchangeAllowed = exchangeAllowed;
    }

    /** By the process's settings. */
    public static boolean exchangeAllowed() {
        String environment = System.getenv("VSEKAI_EXCHANGE");
        return !"off".equals(System.getProperty(EXCHANGE_PROPERTY, environment == null ? "on" : environment));
    }

    /** Where the next tree is built. */
    public Path next() {
        return next;
    }

    /**
     * Swaps the complete tree in {@link #next()} in.
     *
     * @param tree its id, as its state file has it
     * @param shippedBefore what the tree now in the game's place was installed with
     * @param shippedNow what the next tree was installed with
     */
    public void run(UUID tree, ShippedPaths shippedBefore, ShippedPaths shippedNow) throws IOException {
        PlayerFiles.link(folder.root(), shippedBefore, next, shippedNow);
        NativeFiles.syncTree(next);
        DurableFiles.replace(journal, out -> out.write(tree.toString().getBytes(StandardCharsets.US_ASCII)));
        if (exchangeAllowed && NativeFiles.exchange(next, folder.root())) {
            syncNames();
            Files.move(next, former, StandardCopyOption.ATOMIC_MOVE);
        } else {
            renameBoth();
        }
        finish(shippedBefore, shippedNow);
    }

    /**
     * Ends what a killed launcher began. Called before anything else is done with the folder.
     *
     * @return whether a swap was found that had begun and is now complete
     */
    public boolean recover() throws IOException {
        Trees.delete(trash);
        Optional<UUID> target = findTarget();
        if (target.isEmpty()) {
            return false;
        }
        if (!Trees.exists(folder.root())) {
            if (Trees.exists(next)) {
                Files.move(next, folder.root(), StandardCopyOption.ATOMIC_MOVE);
            } else if (Trees.exists(former)) {
                Files.move(former, folder.root(), StandardCopyOption.ATOMIC_MOVE);
            }
            syncNames();
        }
        if (!treeOf(folder.root()).equals(target)) {
            Files.delete(journal);
            return false;
        }
        if (Trees.exists(next) && !Trees.exists(former)) {
            Files.move(next, former, StandardCopyOption.ATOMIC_MOVE);
        }
        if (Trees.exists(former)) {
            finish(shipped(former), shipped(folder.root()));
        } else {
            Files.delete(journal);
        }
        return true;
    }

    private void renameBoth() throws IOException {
        try {
            Files.move(folder.root(), former, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.delete(journal);
            throw new LocalStorageException(
                    folder.root().toString(), "cannot be replaced; close the game and other programs that use it", e);
        }
        try {
            Files.move(next, folder.root(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.move(former, folder.root(), StandardCopyOption.ATOMIC_MOVE);
            Files.delete(journal);
            throw e;
        }
        syncNames();
    }

    private void finish(ShippedPaths shippedBefore, ShippedPaths shippedNow) throws IOException {
        PlayerFiles.move(former, shippedBefore, folder.root(), shippedNow);
        NativeFiles.syncTree(folder.root());
        // From here on the former tree holds nothing of the player's, so it may be found half deleted.
        Files.move(former, trash, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(journal);
        Trees.delete(trash);
    }

    private void syncNames() throws IOException {
        DurableFiles.syncFolder(folder.parent());
        DurableFiles.syncFolder(folder.work());
    }

    private Optional<UUID> findTarget() throws IOException {
        try {
            return Optional.of(UUID.fromString(Files.readString(journal, StandardCharsets.US_ASCII)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            throw new FolderException(journal.toString(), "is damaged; delete it and update again", e);
        }
    }

    private static Optional<UUID> treeOf(Path tree) throws IOException {
        return FolderState.read(tree.resolve(ManifestReader.RESERVED_FOLDER))
                .findInstalled()
                .map(FolderState.Installed::tree);
    }

    /** What a tree was installed with, by its own manifest. If that is unreadable, everything in it counts as the player's. */
    private static ShippedPaths shipped(Path tree) throws IOException {
        Path manifest = tree.resolve(ManifestReader.RESERVED_FOLDER).resolve("manifest.json");
        if (!Files.isRegularFile(manifest)) {
            return ShippedPaths.NONE;
        }
        try {
            return ShippedPaths.of(ManifestReader.read(manifest, manifest.toString()));
        } catch (BadAnswerException e) {
            return ShippedPaths.NONE;
        }
    }
}
