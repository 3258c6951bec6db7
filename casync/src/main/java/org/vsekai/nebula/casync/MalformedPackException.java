package org.vsekai.nebula.casync;

/** A pack index that no reader should accept. It names the source and the byte at which the fault was seen. */
public final class MalformedPackException extends CasyncException {
    private final String source;
    private final long offset;
    private final String reason;

    public MalformedPackException(String source, long offset, String reason) {
        super("%s: malformed pack index at byte %d: %s".formatted(source, offset, reason), null);
        this.source = source;
        this.offset = offset;
        this.reason = reason;
    }

    @Override
    public String code() {
        return "malformed-pack";
    }

    /** File or URL. */
    public String source() {
        return source;
    }

    /** Bytes from the start of the pack index. */
    public long offset() {
        return offset;
    }

    public String reason() {
        return reason;
    }
}
