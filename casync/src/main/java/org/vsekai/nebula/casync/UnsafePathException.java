package org.vsekai.nebula.casync;

/** An archive names a path that must not be written: it climbs out of the folder or no platform may hold it. */
public final class UnsafePathException extends CasyncException {
    private final String source;
    private final long offset;
    private final String path;
    private final String reason;

    public UnsafePathException(String source, long offset, String path, String reason) {
        super("%s: unsafe path \"%s\" at byte %d: %s".formatted(source, path, offset, reason), null);
        this.source = source;
        this.offset = offset;
        this.path = path;
        this.reason = reason;
    }

    @Override
    public String code() {
        return "unsafe-path";
    }

    /** File or URL of the archive. */
    public String source() {
        return source;
    }

    /** Bytes from the start of the archive. */
    public long offset() {
        return offset;
    }

    /** The path as the archive spells it. */
    public String path() {
        return path;
    }

    public String reason() {
        return reason;
    }
}
