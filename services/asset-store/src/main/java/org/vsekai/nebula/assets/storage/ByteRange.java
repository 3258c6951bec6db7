package org.vsekai.nebula.assets.storage;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a file: bytes {@code first} to {@code last}, both included, as in RFC 9110, section 14.
 *
 * <p>One range at a time is served; a request for several, or for one that is not understood, is answered with the whole
 * file, as the RFC allows.
 */
public record ByteRange(long first, long last) {
    private static final Pattern SINGLE = Pattern.compile("bytes\\s*=\\s*(\\d{0,18})\\s*-\\s*(\\d{0,18})");

    /** No byte of the file lies in the range that was asked for. */
    public static final class UnsatisfiableException extends Exception {
        private static final long serialVersionUID = 1;
    }

    /** The range of a Range header; empty if the whole file is the answer. */
    public static Optional<ByteRange> parse(String header, long size) throws UnsatisfiableException {
        Matcher matcher = SINGLE.matcher(header.strip());
        if (!matcher.matches()
                || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
            return Optional.empty();
        }
        if (matcher.group(1).isEmpty()) {
            long length = Math.min(Long.parseLong(matcher.group(2)), size);
            if (length == 0) {
                throw new UnsatisfiableException();
            }
            return Optional.of(new ByteRange(size - length, size - 1));
        }
        long first = Long.parseLong(matcher.group(1));
        long last = matcher.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(matcher.group(2));
        if (last < first) {
            return Optional.empty();
        }
        if (first >= size) {
            throw new UnsatisfiableException();
        }
        return Optional.of(new ByteRange(first, Math.min(last, size - 1)));
    }

    public long length() {
        return last - first + 1;
    }
}
