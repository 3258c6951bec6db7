/**
 * The contracts between services and with the world: protobuf services (generated into {@code api.*.v1}) and the
 * JSON schema of a version's manifest. It holds no behaviour.
 */
@NullMarked
package org.vsekai.nebula.api;

import org.jspecify.annotations.NullMarked;
