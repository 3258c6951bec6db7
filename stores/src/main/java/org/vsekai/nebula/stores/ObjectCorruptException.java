package org.vsekai.nebula.stores;

/** A store holds something under a path that cannot be what was put there. */
public final class ObjectCorruptException extends ObjectException {
    private static final long serialVersionUID = 1;

    public ObjectCorruptException(String path, String store, String reason) {
        super(path, store, "%s in %s is corrupt: %s".formatted(path, store, reason));
    }

    @Override
    public String code() {
        return "object-corrupt";
    }
}
