/** Revisions of a resource as strong entity tags, and the conditions that callers set on them (RFC 9110, section 13). */
@NullMarked
package org.vsekai.nebula.kit.revision;

import org.jspecify.annotations.NullMarked;
