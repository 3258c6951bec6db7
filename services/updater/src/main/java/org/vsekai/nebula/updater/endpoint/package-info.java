/** The public addresses of the services: all that a launcher has to know is the updater. */
@NullMarked
package org.vsekai.nebula.updater.endpoint;

import org.jspecify.annotations.NullMarked;
