package org.vsekai.nebula.stores;

/**
 * What an object store answers that is not what was asked for. A store that does not answer at all is casync's
 * {@link org.vsekai.nebula.casync.StoreUnavailableException}.
 */
public abstract sealed class ObjectException extends RuntimeException
        permits ObjectMissingException, ObjectCorruptException {
    private static final long serialVersionUID = 1;

    private final String path;
    private final String store;

    ObjectException(String path, String store, String message) {
        super(message);
        this.path = path;
        this.store = store;
    }

    /** A stable name of the failure for programs, in lower case with hyphens. */
    public abstract String code();

    /** Path of the object in the store. */
    public String path() {
        return path;
    }

    /** Name of the store that was asked. */
    public String store() {
        return store;
    }
}
