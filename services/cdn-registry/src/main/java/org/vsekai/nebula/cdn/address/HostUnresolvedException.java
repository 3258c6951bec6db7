package org.vsekai.nebula.cdn.address;

import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** A host name that has no address at this moment; unlike a refusal this may pass by itself. */
public final class HostUnresolvedException extends ProblemException {
    private final String host;

    HostUnresolvedException(String host, Throwable cause) {
        super(
                ProblemKind.INVALID,
                "CDN_HOST_UNRESOLVED",
                "The host name " + host
                        + " does not resolve now. Correct it, or try again when the name service has it.",
                cause);
        this.host = host;
    }

    public String host() {
        return host;
    }
}
