package org.vsekai.nebula.stores;

/** A store answered, and has no such object. */
public final class ObjectMissingException extends ObjectException {
    private static final long serialVersionUID = 1;

    public ObjectMissingException(String path, String store) {
        super(path, store, "%s is not in %s".formatted(path, store));
    }

    @Override
    public String code() {
        return "object-missing";
    }
}
