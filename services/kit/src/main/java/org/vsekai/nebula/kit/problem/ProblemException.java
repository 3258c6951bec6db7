package org.vsekai.nebula.kit.problem;

import org.jspecify.annotations.Nullable;

/**
 * A failure that the caller is told about. Features throw it, or a subclass with fields of its own; the edge turns it
 * into a problem document or a gRPC status.
 */
public class ProblemException extends RuntimeException {
    private final ProblemKind kind;
    private final String code;

    /**
     * @param code stable name for programs, upper case with underscores; part of the API
     * @param detail what went wrong with what, and what to do; shown to the caller
     */
    public ProblemException(ProblemKind kind, String code, String detail) {
        this(kind, code, detail, null);
    }

    /** @param cause for the log of whoever debugs; never shown to the caller */
    public ProblemException(ProblemKind kind, String code, String detail, @Nullable Throwable cause) {
        super(detail, cause);
        if (!code.matches("[A-Z][A-Z0-9_]{0,62}")) {
            throw new IllegalArgumentException("a problem code is upper case with underscores, not " + code);
        }
        this.kind = kind;
        this.code = code;
    }

    public static ProblemException invalid(String code, String detail) {
        return new ProblemException(ProblemKind.INVALID, code, detail);
    }

    public static ProblemException notFound(String code, String detail) {
        return new ProblemException(ProblemKind.NOT_FOUND, code, detail);
    }

    public static ProblemException alreadyExists(String code, String detail) {
        return new ProblemException(ProblemKind.ALREADY_EXISTS, code, detail);
    }

    public static ProblemException failedPrecondition(String code, String detail) {
        return new ProblemException(ProblemKind.FAILED_PRECONDITION, code, detail);
    }

    public ProblemKind kind() {
        return kind;
    }

    public String code() {
        return code;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }
}
