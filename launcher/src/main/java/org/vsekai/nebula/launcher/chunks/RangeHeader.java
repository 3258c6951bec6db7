package org.vsekai.nebula.launcher.chunks;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a Range header asks for, by RFC 9110, section 14: bytes {@code first} to {@code last}, both included. One range at a
 * time is served; a request for several, or for one that is not understood, is for the whole, as the RFC allows.
 *
 * @param kind what the answer is to be
 */
record RangeHeader(Kind kind, int first, int last) {
    private static final Pattern SINGLE = Pattern.compile("bytes\\s*=\\s*(\\d{0,18})\\s*-\\s*(\\d{0,18})");

    enum Kind {
        WHOLE,
        PART,
        UNSATISFIABLE
    }

    static RangeHeader parse(String header, int size) {
        RangeHeader whole = new RangeHeader(Kind.WHOLE, 0, size - 1);
        Matcher matcher = SINGLE.matcher(header.strip());
        if (!matcher.matches()
                || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
            return whole;
        }
        long first;
        long last;
        if (matcher.group(1).isEmpty()) {
            first = Math.max(0, size - Long.parseLong(matcher.group(2)));
            last = size - 1L;
        } else {
            first = Long.parseLong(matcher.group(1));
            last = matcher.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(matcher.group(2));
            if (last < first) {
                return whole;
            }
        }
        return first < size
                ? new RangeHeader(Kind.PART, (int) first, (int) Math.min(last, size - 1L))
                : new RangeHeader(Kind.UNSATISFIABLE, 0, -1);
    }

    int length() {
        return last - first + 1;
    }
}
