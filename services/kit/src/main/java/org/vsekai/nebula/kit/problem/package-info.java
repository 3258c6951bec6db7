/**
 * How a failure looks at the edge: RFC 9457 problem documents over HTTP, canonical status codes with
 * {@code google.rpc.ErrorInfo} over gRPC, both with the same stable code.
 *
 * <p>In: any throwable. Out: an answer that names what went wrong and nothing of the inside. A failure nobody foresaw
 * is logged here, once, and answered as INTERNAL.
 */
@NullMarked
package org.vsekai.nebula.kit.problem;

import org.jspecify.annotations.NullMarked;
