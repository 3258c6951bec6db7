/** What serves a gRPC call may ask about it: the caller's deadline, and whether the caller takes more of a stream. */
@NullMarked
package org.vsekai.nebula.kit.call;

import org.jspecify.annotations.NullMarked;
