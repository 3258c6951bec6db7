/**
 * What a user has chosen once for all folders: the server, the mode, the region. One small JSON file in the platform's
 * configuration folder, replaced atomically.
 */
@NullMarked
package org.vsekai.nebula.launcher.config;

import org.jspecify.annotations.NullMarked;
