package org.vsekai.nebula.cdn.address;

import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** A URI that may not be registered, or a host that may not be connected to. */
public final class CdnUriRefusedException extends ProblemException {
    private final String uri;
    private final String reason;

    CdnUriRefusedException(String uri, String reason) {
        super(ProblemKind.INVALID, "CDN_URI_REFUSED", "The CDN URI " + uri + " is refused: " + reason + ".");
        this.uri = uri;
        this.reason = reason;
    }

    /** The URI as given, cut if it is too long. */
    public String uri() {
        return uri;
    }

    /** A clause that says what is wrong with it. */
    public String reason() {
        return reason;
    }
}
