package org.vsekai.nebula.updater.assets;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.problem.GrpcStatuses;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** Asset-store did not do what it was asked for. The code that callers see is the name of the reason. */
public final class AssetStoreException extends ProblemException {
    private static final int MAX_DETAIL = 1000;

    /** Why it did not. */
    public enum Reason {
        /** It holds no such index. */
        INDEX_NOT_FOUND(ProblemKind.FAILED_PRECONDITION),
        /** It lacks a chunk of the index. */
        CHUNK_MISSING(ProblemKind.FAILED_PRECONDITION),
        /** A chunk that it holds is damaged. */
        CHUNK_CORRUPT(ProblemKind.DATA_LOSS),
        /** The chunks are all there but make no sound archive. */
        ARCHIVE_MALFORMED(ProblemKind.INVALID),
        /** The owner holds no pin. */
        PIN_NOT_FOUND(ProblemKind.INTERNAL),
        /** It does not accept this service's token. */
        ASSET_STORE_REFUSED(ProblemKind.UNAVAILABLE),
        /** It cannot be reached, or did not answer in time. Whether it did anything is unknown. */
        ASSET_STORE_UNAVAILABLE(ProblemKind.UNAVAILABLE),
        /** It failed, or answered what makes no sense. */
        ASSET_STORE_FAILED(ProblemKind.INTERNAL);

        private final ProblemKind kind;

        Reason(ProblemKind kind) {
            this.kind = kind;
        }
    }

    private final Reason reason;

    AssetStoreException(Reason reason, String detail, @Nullable Throwable cause) {
        super(reason.kind, reason.name(), detail, cause);
        this.reason = reason;
    }

    static AssetStoreException of(StatusRuntimeException failure) {
        Status status = failure.getStatus();
        String said = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        String detail = said.length() <= MAX_DETAIL ? said : said.substring(0, MAX_DETAIL) + "…";
        return switch (GrpcStatuses.findReason(failure).orElse("")) {
            case "INDEX_NOT_FOUND" ->
                new AssetStoreException(
                        Reason.INDEX_NOT_FOUND, "Upload the index to asset-store first: " + detail, failure);
            case "CHUNK_MISSING" ->
                new AssetStoreException(
                        Reason.CHUNK_MISSING, "Upload every chunk to asset-store first: " + detail, failure);
            case "CHUNK_CORRUPT" -> new AssetStoreException(Reason.CHUNK_CORRUPT, detail, failure);
            case "ARCHIVE_MALFORMED", "INDEX_MALFORMED" ->
                new AssetStoreException(Reason.ARCHIVE_MALFORMED, detail, failure);
            case "PIN_NOT_FOUND" -> new AssetStoreException(Reason.PIN_NOT_FOUND, detail, failure);
            default ->
                switch (status.getCode()) {
                    case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, RESOURCE_EXHAUSTED ->
                        new AssetStoreException(
                                Reason.ASSET_STORE_UNAVAILABLE,
                                "The updater cannot reach asset-store; try again later: " + detail,
                                failure);
                    case UNAUTHENTICATED, PERMISSION_DENIED ->
                        new AssetStoreException(
                                Reason.ASSET_STORE_REFUSED,
                                "Asset-store refuses the updater's token; NEBULA_ASSET_STORE_TOKEN must be one that"
                                        + " asset-store knows with role server.",
                                failure);
                    default ->
                        new AssetStoreException(Reason.ASSET_STORE_FAILED, "Asset-store failed: " + detail, failure);
                };
        };
    }

    static AssetStoreException nonsense(String detail, @Nullable Throwable cause) {
        return new AssetStoreException(
                Reason.ASSET_STORE_FAILED, "Asset-store's answer makes no sense: " + detail, cause);
    }

    public Reason reason() {
        return reason;
    }
}
