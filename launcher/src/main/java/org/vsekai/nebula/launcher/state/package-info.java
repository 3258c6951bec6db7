/**
 * The update's states and steps, named as the project's design names them, and the transitions that are allowed.
 */
@NullMarked
package org.vsekai.nebula.launcher.state;

import org.jspecify.annotations.NullMarked;
