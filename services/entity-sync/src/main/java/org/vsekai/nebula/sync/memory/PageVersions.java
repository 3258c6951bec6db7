package org.vsekai.nebula.sync.memory;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Under which key each page is written next. A page alternates between two versions: the one that the newest complete round names, which must
 * stay, and a spare. A version whose write may yet be made, or which a header may name that is yet to be replaced, is written no more:
 * what comes late would pass for what came after.
 *
 * <p>Belongs to one thread.
 */
final class PageVersions {
    /** How many versions given up are remembered for removal; the others go with their lifespan. */
    static final int MOST_BURNT = 4096;

    /** A page under one of its keys. */
    record Version(int page, int version) {}

    private static final int NONE = -1;

    // By page; length 0 of a version never written.
    private int[] current = new int[0];
    private int[] spare = new int[0];
    private int[] next = new int[0];
    private int[] length = new int[0];
    private int[] checksum = new int[0];
    private final Deque<Version> burnt = new ArrayDeque<>();

    private final List<RoundHeader.Page> writing = new ArrayList<>();

    /** A version of the page that nobody reads, to be part of the round that is being written. */
    RoundHeader.Page write(int page, int pageLength, int pageChecksum) {
        grow(page + 1);
        if (spare[page] == NONE) {
            spare[page] = next[page]++;
        }
        RoundHeader.Page version = new RoundHeader.Page(page, spare[page], pageLength, pageChecksum);
        writing.add(version);
        return version;
    }

    /** Whether the write of a page in this round was made is not known. */
    void burn(RoundHeader.Page version) {
        if (spare[version.number()] == version.version()) {
            spare[version.number()] = NONE;
            if (burnt.size() >= MOST_BURNT) {
                burnt.removeFirst();
            }
            burnt.addLast(new Version(version.number(), version.version()));
        }
    }

    /** What a header names that completes the round: those written in it, and of the other pages what was written last. */
    RoundHeader.Page[] all() {
        int[] versions = current.clone();
        int[] lengths = length.clone();
        int[] checksums = checksum.clone();
        for (RoundHeader.Page version : writing) {
            versions[version.number()] = version.version();
            lengths[version.number()] = version.length();
            checksums[version.number()] = version.checksum();
        }
        List<RoundHeader.Page> pages = new ArrayList<>();
        for (int page = 0; page < versions.length; page++) {
            if (versions[page] != NONE) {
                pages.add(new RoundHeader.Page(page, versions[page], lengths[page], checksums[page]));
            }
        }
        return pages.toArray(RoundHeader.Page[]::new);
    }

    /** The header is there. */
    void complete() {
        for (RoundHeader.Page version : writing) {
            int page = version.number();
            spare[page] = current[page];
            current[page] = version.version();
            length[page] = version.length();
            checksum[page] = version.checksum();
        }
        writing.clear();
    }

    /**
     * The header is not there.
     *
     * @param forCertain otherwise it may be there after all, or come late
     */
    void fail(boolean forCertain) {
        if (!forCertain) {
            writing.forEach(this::burn);
        }
        writing.clear();
    }

    /** Nothing of what was written is there any more: each page must be written again before there can be a header. */
    void forget() {
        Arrays.fill(current, NONE);
    }

    /** Versions given up since the last call. They may be removed once a round is complete. */
    List<Version> takeBurnt() {
        List<Version> taken = List.copyOf(burnt);
        burnt.clear();
        return taken;
    }

    private void grow(int pages) {
        int before = current.length;
        if (pages > before) {
            int size = Math.max(pages, before * 2);
            current = Arrays.copyOf(current, size);
            spare = Arrays.copyOf(spare, size);
            next = Arrays.copyOf(next, size);
            length = Arrays.copyOf(length, size);
            checksum = Arrays.copyOf(checksum, size);
            Arrays.fill(current, before, size, NONE);
            Arrays.fill(spare, before, size, NONE);
        }
    }
}
