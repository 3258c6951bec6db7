package org.vsekai.nebula.casync.pack;

/**
 * What a plan weighs and keeps to.
 *
 * @param requestBytes what a request costs beside its bytes, in bytes
 * @param maxFetchBytes frames that lie together are asked for together up to this size; a larger frame is asked for alone
 * @param maxFrameBytes frames with more plain bytes are not used: two are in memory at a time
 * @param maxBaseBytes frames that need more of the base are not used
 */
public record PlanOptions(int requestBytes, int maxFetchBytes, int maxFrameBytes, int maxBaseBytes) {
    public static final PlanOptions DEFAULT = new PlanOptions(16 << 10, 4 << 20, 24 << 20, 32 << 20);

    public PlanOptions {
        if (requestBytes < 0 || maxFetchBytes < 1 || maxFrameBytes < 1 || maxBaseBytes < 0) {
            throw new IllegalArgumentException("requestBytes %d, maxFetchBytes %d, maxFrameBytes %d, maxBaseBytes %d"
                    .formatted(requestBytes, maxFetchBytes, maxFrameBytes, maxBaseBytes));
        }
    }
}
