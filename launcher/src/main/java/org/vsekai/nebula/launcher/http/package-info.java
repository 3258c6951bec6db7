/**
 * Calls to the services. Every answer has a size limit known before the first byte is kept, every wait has an end, and a
 * server that drips is treated as one that is down.
 */
@NullMarked
package org.vsekai.nebula.launcher.http;

import org.jspecify.annotations.NullMarked;
