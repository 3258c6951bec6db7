package org.vsekai.nebula.casync.pack;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;

/**
 * From where each wanted chunk comes: frames of packs, or loose from a store. Made before anything is fetched, so that it
 * can be shown; if nothing fails, what is fetched is what it says, to the byte and the request. Immutable.
 *
 * <p>To choose among frames that overlap is to cover a set at the least cost, which nobody solves exactly in reasonable
 * time. The plan takes the frame with the best ratio of its cost to what it saves, again and again, while that ratio is
 * below one; once with all packs and once with each alone, and keeps the cheapest of these. Memory and time are
 * proportional to the chunks of the packs, but for a logarithm.
 */
public final class PackPlan {
    /**
     * One request for frames that lie together in a pack.
     *
     * @param offset of the first in the pack
     * @param length of all
     */
    record Fetch(PackOffer offer, long offset, int length, List<PackFrame> frames) {}

    /**
     * What is fetched from one pack.
     *
     * @param chunks wanted ones that its frames bring
     */
    public record Share(PackOffer offer, long chunks, long bytes, long requests) {}

    private final ChunkIndex index;
    private final List<Fetch> fetches;
    private final Map<ChunkId, PackOffer> sources;
    private final long looseChunks;
    private final long looseBytes;
    private final List<Share> shares;

    private PackPlan(
            ChunkIndex index,
            List<Fetch> fetches,
            Map<ChunkId, PackOffer> sources,
            List<Share> shares,
            long looseChunks,
            long looseBytes) {
        this.index = index;
        this.fetches = fetches;
        this.sources = sources;
        this.shares = List.copyOf(shares);
        this.looseChunks = looseChunks;
        this.looseBytes = looseBytes;
    }

    /**
     * Finds a cheap plan.
     *
     * @param wanted positions in the index of the chunks wanted, each chunk once, as
     *     {@link org.vsekai.nebula.casync.assemble.Assembler#missing} gives them
     * @param offers packs of this index
     * @throws IllegalArgumentException when an offer is of another index
     */
    public static PackPlan of(
            ChunkIndex index, Collection<Integer> wanted, List<PackOffer> offers, PlanOptions options) {
        for (PackOffer offer : offers) {
            if (!offer.index().index().equals(index)) {
                throw new IllegalArgumentException(offer.index() + " is of another index");
            }
        }
        Map<ChunkId, Long> loose = HashMap.newHashMap(wanted.size());
        for (int position : wanted) {
            // Until a pack index knows better: a stored chunk is hardly ever larger than the plain one.
            loose.put(index.id(position), (long) index.length(position));
        }
        for (PackOffer offer : offers) {
            PackIndex pack = offer.index();
            for (int k = 0; k < pack.chunkCount(); k++) {
                long stored = pack.storedLength(k);
                loose.computeIfPresent(pack.id(k), (id, before) -> stored);
            }
        }
        PackPlan best = choose(index, loose, offers, options);
        if (offers.size() > 1) {
            for (PackOffer offer : offers) {
                PackPlan alone = choose(index, loose, List.of(offer), options);
                best = alone.cost(options) < best.cost(options) ? alone : best;
            }
        }
        return best;
    }

    private record Candidate(PackOffer offer, PackFrame frame, double ratio) {}

    private static PackPlan choose(
            ChunkIndex index, Map<ChunkId, Long> loose, List<PackOffer> offers, PlanOptions options) {
        Map<ChunkId, Long> open = new HashMap<>(loose);
        PriorityQueue<Candidate> candidates = new PriorityQueue<>(Comparator.comparingDouble(Candidate::ratio));
        for (PackOffer offer : offers) {
            for (PackFrame frame : offer.index().frames()) {
                if (frame.plainLength() <= options.maxFrameBytes() && frame.baseLength() <= options.maxBaseBytes()) {
                    candidates.add(new Candidate(offer, frame, ratio(offer.index(), frame, open, options)));
                }
            }
        }
        Map<PackOffer, List<PackFrame>> chosen = new HashMap<>();
        Map<ChunkId, PackOffer> sources = new HashMap<>();
        while (!candidates.isEmpty()) {
            Candidate first = candidates.poll();
            double ratio = ratio(first.offer.index(), first.frame, open, options);
            if (ratio >= 1) {
                continue;
            }
            if (ratio > first.ratio) {
                // Another frame has brought some of its chunks since; it may no longer be the best.
                candidates.add(new Candidate(first.offer, first.frame, ratio));
                continue;
            }
            chosen.computeIfAbsent(first.offer, offer -> new ArrayList<>()).add(first.frame);
            for (int k = first.frame.firstChunk(); k < first.frame.endChunk(); k++) {
                if (open.remove(first.offer.index().id(k)) != null) {
                    sources.put(first.offer.index().id(k), first.offer);
                }
            }
        }
        List<Fetch> fetches = new ArrayList<>();
        List<Share> shares = new ArrayList<>();
        for (PackOffer offer : offers) {
            List<PackFrame> frames = chosen.getOrDefault(offer, List.of()).stream()
                    .sorted(Comparator.comparingLong(PackFrame::offset))
                    .toList();
            List<Fetch> runs = coalesce(offer, frames, options);
            fetches.addAll(runs);
            if (!frames.isEmpty()) {
                long chunks = sources.values().stream().filter(offer::equals).count();
                shares.add(new Share(
                        offer,
                        chunks,
                        frames.stream().mapToLong(PackFrame::length).sum(),
                        runs.size()));
            }
        }
        fetches.sort(Comparator.comparingInt(fetch -> need(fetch, sources)));
        long looseBytes = open.values().stream().mapToLong(Long::longValue).sum();
        return new PackPlan(index, List.copyOf(fetches), Map.copyOf(sources), shares, open.size(), looseBytes);
    }

    /** Cost of a frame over what its open chunks cost loose. */
    private static double ratio(PackIndex pack, PackFrame frame, Map<ChunkId, Long> open, PlanOptions options) {
        long saved = 0;
        for (int k = frame.firstChunk(); k < frame.endChunk(); k++) {
            Long stored = open.get(pack.id(k));
            saved += stored == null ? 0 : stored + options.requestBytes();
        }
        return saved == 0 ? Double.POSITIVE_INFINITY : (double) (frame.length() + options.requestBytes()) / saved;
    }

    private static List<Fetch> coalesce(PackOffer offer, List<PackFrame> frames, PlanOptions options) {
        List<Fetch> fetches = new ArrayList<>();
        for (int first = 0, end; first < frames.size(); first = end) {
            long offset = frames.get(first).offset();
            long length = frames.get(first).length();
            end = first + 1;
            while (end < frames.size()
                    && frames.get(end).offset() == offset + length
                    && length + frames.get(end).length() <= options.maxFetchBytes()) {
                length += frames.get(end++).length();
            }
            fetches.add(new Fetch(offer, offset, Math.toIntExact(length), List.copyOf(frames.subList(first, end))));
        }
        return fetches;
    }

    /** Where in the index the fetch is first needed. */
    private static int need(Fetch fetch, Map<ChunkId, PackOffer> sources) {
        PackIndex pack = fetch.offer.index();
        return fetch.frames.stream()
                .flatMapToInt(frame -> IntStream.range(frame.firstChunk(), frame.endChunk()))
                .filter(k -> fetch.offer.equals(sources.get(pack.id(k))))
                .map(pack::position)
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    private double cost(PlanOptions options) {
        return bytes() + (double) requests() * options.requestBytes();
    }

    ChunkIndex index() {
        return index;
    }

    /** In the order in which the index needs them. */
    List<Fetch> fetches() {
        return fetches;
    }

    /** The wanted chunks that come from packs. */
    public Set<ChunkId> packed() {
        return sources.keySet();
    }

    boolean isFrom(ChunkId id, PackOffer offer) {
        return Objects.equals(sources.get(id), offer);
    }

    /** What each pack that is used brings. */
    public List<Share> shares() {
        return shares;
    }

    /** Wanted chunks that are to be fetched loose, with one request each. */
    public long looseChunks() {
        return looseChunks;
    }

    /** Bytes of those; exact if an install pack was offered, else at most. */
    public long looseBytes() {
        return looseBytes;
    }

    /** All bytes to be fetched, less indexes. */
    public long bytes() {
        return looseBytes + shares.stream().mapToLong(Share::bytes).sum();
    }

    /** All requests, less those for indexes. */
    public long requests() {
        return looseChunks + shares.stream().mapToLong(Share::requests).sum();
    }

    /** One line for people. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Share share : shares) {
            text.append("%d chunks from the %s pack in %d requests, %d bytes; "
                    .formatted(share.chunks, share.offer.isDelta() ? "delta" : "install", share.requests, share.bytes));
        }
        return text.append("%d loose chunks, %d bytes".formatted(looseChunks, looseBytes))
                .toString();
    }
}
