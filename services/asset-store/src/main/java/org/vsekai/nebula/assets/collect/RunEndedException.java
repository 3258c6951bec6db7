package org.vsekai.nebula.assets.collect;

/** The run is not this instance's to carry on: it was cancelled, another instance has it, or the service stops. */
final class RunEndedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RunEndedException(String reason) {
        super(reason);
    }
}
