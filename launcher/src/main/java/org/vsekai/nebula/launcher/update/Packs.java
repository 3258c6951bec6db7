package org.vsekai.nebula.launcher.update;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.CasyncException;
import org.vsekai.nebula.casync.assemble.BlobSeed;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.pack.PackIndex;
import org.vsekai.nebula.casync.pack.PackIndexCodec;
import org.vsekai.nebula.casync.pack.PackListing;
import org.vsekai.nebula.casync.pack.PackOffer;
import org.vsekai.nebula.casync.store.HttpRanges;
import org.vsekai.nebula.casync.store.HttpStoreOptions;
import org.vsekai.nebula.casync.store.RangeReader;
import org.vsekai.nebula.launcher.LauncherException;
import org.vsekai.nebula.launcher.folder.WorkFolder;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Noted;
import org.vsekai.nebula.launcher.progress.ProgressListener;

/**
 * The packs of a version that servers offer and this folder can use: the one for installing it, and the one from the installed
 * version. They only make an update cheaper, so nothing that is wrong with them ends it.
 */
final class Packs implements AutoCloseable {
    /** Pack indexes are not fetched if they are more than this share of what they could save. */
    private static final int WORTHWHILE = 4;

    private final List<PackOffer> offers = new ArrayList<>();

    private Packs() {}

    /** An installed version whose archive is at hand. */
    record Base(String indexName, BlobSeed archive) {}

    /** None at all. */
    static Packs none() {
        return new Packs();
    }

    /**
     * Asks the servers.
     *
     * @param base null if there is none
     * @param worth what loose chunks would cost, in bytes
     */
    static Packs find(
            Mirrors mirrors,
            String indexName,
            ChunkIndex index,
            @Nullable Base base,
            long worth,
            HttpStoreOptions options,
            WorkFolder work,
            ProgressListener listener)
            throws IOException {
        Packs packs = new Packs();
        try {
            Optional<Mirrors.Found> found = mirrors.findPacks(indexName);
            if (found.isPresent()) {
                for (PackListing.Entry entry : found.get().listing().packs()) {
                    packs.add(found.get(), entry, index, base, worth, options, work);
                }
            }
        } catch (LauncherException | CasyncException e) {
            listener.on(new Noted("packs cannot be used (" + e.getMessage() + "); chunks are fetched one by one"));
        }
        return packs;
    }

    private void add(
            Mirrors.Found found,
            PackListing.Entry entry,
            ChunkIndex index,
            @Nullable Base base,
            long worth,
            HttpStoreOptions options,
            WorkFolder work)
            throws IOException {
        boolean isDelta = entry.base().isPresent();
        boolean isUsable = !isDelta || (base != null && entry.base().get().equals(base.indexName));
        if (!isUsable || entry.packIndexBytes() * WORTHWHILE > worth) {
            return;
        }
        NamedFile file =
                new NamedFile(NamedFile.Kind.PACK_INDEX, entry.packIndex().packIndexFile(), null);
        Path target = work.download(file.name());
        found.mirrors().fetch(file, target);
        PackIndex packIndex = PackIndexCodec.read(
                Files.readAllBytes(target), file.name(), index, isDelta && base != null ? base.archive.index() : null);
        RangeReader pack = new HttpRanges(
                found.mirrors().addresses("packs/" + packIndex.pack().packFile()), packIndex.packSize(), options);
        offers.add(new PackOffer(packIndex, pack, isDelta && base != null ? base.archive : null));
    }

    List<PackOffer> offers() {
        return offers;
    }

    @Override
    public void close() {
        offers.forEach(offer -> offer.pack().close());
    }
}
