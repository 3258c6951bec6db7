package org.vsekai.nebula.casync;

/** A file or folder changed while it was read: what was made of it so far must be thrown away. */
public final class InputChangedException extends CasyncException {
    private final String path;
    private final String reason;

    public InputChangedException(String path, String reason) {
        super("%s changed while it was read: %s".formatted(path, reason), null);
        this.path = path;
        this.reason = reason;
    }

    @Override
    public String code() {
        return "input-changed";
    }

    public String path() {
        return path;
    }

    public String reason() {
        return reason;
    }
}
