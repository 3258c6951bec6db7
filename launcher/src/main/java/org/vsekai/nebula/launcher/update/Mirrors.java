package org.vsekai.nebula.launcher.update;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.atomic.AtomicReference;
import org.vsekai.nebula.casync.pack.PackListing;
import org.vsekai.nebula.casync.store.HttpChunkStore;
import org.vsekai.nebula.casync.store.HttpStoreOptions;
import org.vsekai.nebula.launcher.BadAnswerException;
import org.vsekai.nebula.launcher.LauncherException;
import org.vsekai.nebula.launcher.RefusedException;
import org.vsekai.nebula.launcher.UnavailableException;
import org.vsekai.nebula.launcher.http.Http;
import org.vsekai.nebula.launcher.http.HttpLimits;
import org.vsekai.nebula.launcher.http.ServiceAddresses;
import org.vsekai.nebula.launcher.manifest.PackListingReader;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Noted;
import org.vsekai.nebula.launcher.progress.ProgressListener;

/** The servers that hold the same files by the same names, best first: the CDNs as ranked, then the asset store. */
final class Mirrors {
    private static final int CDN_LIMIT = 16;
    private static final int NOT_FOUND = 404;
    private static final int MIN_BYTES_PER_WINDOW = 4096;

    private final Http http;
    private final List<URI> bases;

    private Mirrors(Http http, List<URI> bases) {
        this.http = http;
        this.bases = bases;
    }

    /** Asks the CDN registry. Its being down costs speed, not the update. */
    static Mirrors find(Http http, ServiceAddresses addresses, Optional<String> region, ProgressListener listener) {
        SequencedSet<URI> bases = new LinkedHashSet<>();
        URI question = addresses
                .cdnRegistry()
                .resolve("api/v1/ranking"
                        + region.map(name -> "?region=" + ServiceAddresses.segment(name))
                                .orElse(""));
        try {
            for (JsonNode cdn : http.getJson(question).path("cdns")) {
                if (bases.size() == CDN_LIMIT) {
                    break;
                }
                addUsable(bases, cdn.path("uri").asText(""), listener);
            }
        } catch (UnavailableException | RefusedException | BadAnswerException e) {
            listener.on(new Noted("no CDNs are known now (" + e.getMessage() + "); the asset store is used"));
        }
        bases.add(addresses.assetStore());
        return new Mirrors(http, List.copyOf(bases));
    }

    private static void addUsable(SequencedSet<URI> bases, String address, ProgressListener listener) {
        try {
            bases.add(ServiceAddresses.base(address));
        } catch (IllegalArgumentException e) {
            listener.on(new Noted("a CDN is passed over: " + e.getMessage()));
        }
    }

    /** @param mirrors those that should have the packs, the one that listed them first */
    record Found(PackListing listing, Mirrors mirrors) {}

    /**
     * The packs of an index, as the first mirror that can be asked lists them. Whether there are any is its word: a mirror
     * without packs is not passed over, since its studio wants players to fetch from there.
     *
     * @throws LauncherException that of the first mirror, if none can be asked
     */
    Optional<Found> findPacks(String indexName) {
        List<LauncherException> failures = new ArrayList<>();
        for (int i = 0; i < bases.size(); i++) {
            URI address = bases.get(i).resolve(PackListing.path(indexName));
            try {
                ByteArrayOutputStream document = new ByteArrayOutputStream();
                http.download(
                        address,
                        () -> {
                            document.reset();
                            return document;
                        },
                        PackListing.MAX_BYTES);
                PackListing listing = PackListingReader.read(document.toByteArray(), address.toString(), indexName);
                List<URI> order = new ArrayList<>(bases.subList(i, bases.size()));
                order.addAll(bases.subList(0, i));
                return Optional.of(new Found(listing, new Mirrors(http, order)));
            } catch (RefusedException e) {
                if (e.status() == NOT_FOUND) {
                    return Optional.empty();
                }
                failures.add(e);
            } catch (UnavailableException | BadAnswerException e) {
                failures.add(e);
            }
        }
        throw first(failures);
    }

    /** Where a file is at each mirror. */
    List<URI> addresses(String path) {
        return bases.stream().map(base -> base.resolve(path)).toList();
    }

    private static LauncherException first(List<LauncherException> failures) {
        LauncherException first = failures.removeFirst();
        failures.forEach(first::addSuppressed);
        return first;
    }

    /** Stores to fetch chunks from; to be closed by the caller. */
    List<HttpChunkStore> chunkStores(HttpStoreOptions options) {
        return bases.stream()
                .map(base -> new HttpChunkStore(base.resolve("chunks/"), options))
                .toList();
    }

    static HttpStoreOptions storeOptions(HttpLimits limits) {
        return new HttpStoreOptions(
                null,
                limits.connect(),
                limits.answer(),
                Duration.ofMinutes(5),
                limits.stall(),
                MIN_BYTES_PER_WINDOW,
                limits.attempts(),
                limits.pause());
    }

    /**
     * Brings a file to {@code target}, from the first mirror that gives the right bytes. If it is there already, it is only
     * checked.
     *
     * @throws LauncherException that of the first mirror, if none has it
     */
    void fetch(NamedFile file, Path target) throws IOException {
        if (Files.isRegularFile(target) && Digests.sha256(target).equals(file.sha256())) {
            return;
        }
        SequencedSet<URI> all = new LinkedHashSet<>(bases);
        file.findHome().ifPresent(all::add);
        List<LauncherException> failures = new ArrayList<>();
        for (URI base : all) {
            try {
                fetch(file, file.at(base), target);
                return;
            } catch (UnavailableException | RefusedException | BadAnswerException e) {
                failures.add(e);
            }
        }
        throw first(failures);
    }

    private void fetch(NamedFile file, URI address, Path target) throws IOException {
        Path partial = target.resolveSibling(target.getFileName() + ".part");
        AtomicReference<MessageDigest> digest = new AtomicReference<>(Digests.newSha256());
        http.download(
                address,
                () -> {
                    digest.set(Digests.newSha256());
                    return new DigestOutputStream(Files.newOutputStream(partial), digest.get());
                },
                file.kind().sizeLimit);
        String found = HexFormat.of().formatHex(digest.get().digest());
        if (!found.equals(file.sha256())) {
            Files.deleteIfExists(partial);
            throw new BadAnswerException(address.toString(), "the bytes have another SHA-256, " + found, null);
        }
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
