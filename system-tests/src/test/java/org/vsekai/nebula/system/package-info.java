/**
 * What no single module can prove: the whole of shipping a build through the real programs, faults in the middle of it,
 * interoperability with desync and casync, and the rules of the code base.
 */
@NullMarked
package org.vsekai.nebula.system;

import org.jspecify.annotations.NullMarked;
