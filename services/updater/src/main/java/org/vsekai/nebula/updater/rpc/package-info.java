/**
 * The gRPC face of the updater: contract {@code vsekai.nebula.updater.v1}, over the same use cases as REST.
 *
 * <p>It translates messages and nothing else; generated types do not leave it.
 */
@NullMarked
package org.vsekai.nebula.updater.rpc;

import org.jspecify.annotations.NullMarked;
