/**
 * Real servers as child processes, for tests and for the local stack. A folder and a port go in, a running server with its
 * URL and credentials comes out. Whoever starts a server closes it; a server whose owner was killed stops by itself. This
 * package knows nothing of Nebula's own modules and is never part of a deployed service.
 */
@NullMarked
package org.vsekai.nebula.parts;

import org.jspecify.annotations.NullMarked;
