/**
 * Readiness by schema version: a service names the version that its code was written for, and is not ready until the
 * database has it.
 *
 * <p>It only looks; migrations are run by the migrations module.
 */
@NullMarked
package org.vsekai.nebula.kit.schema;

import org.jspecify.annotations.NullMarked;
