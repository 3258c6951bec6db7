/**
 * The headless launcher {@code vsekai}: publishes a folder as a version of a mode and makes a player's folder follow it.
 * In come a command line, the services' HTTP API and a player's folder; out go chunks to the asset store, or one whole new
 * tree in the folder's place. It speaks HTTP only, holds no service code, and never writes outside the folder it was given,
 * the work folder beside it, the user's configuration and the desktop's registration files.
 *
 * <p>This package holds what every feature shares: the failures that a command can end with and their exit codes.
 */
@NullMarked
package org.vsekai.nebula.launcher;

import org.jspecify.annotations.NullMarked;
