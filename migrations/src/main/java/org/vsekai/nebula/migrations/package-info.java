/**
 * Brings the database to the level that the services of this build need. An administrator's connection and one password for
 * each service go in; the database {@code nebula} with one schema, one role and one migration history for each service comes
 * out. The SQL of a service lies in {@code db/migration/<schema>/} and runs on CockroachDB and PostgreSQL alike. Run by hand,
 * by the local stack, by tests or as a job before a roll-out, never from within a service: the services hold no rights to
 * change their schema.
 */
@NullMarked
package org.vsekai.nebula.migrations;

import org.jspecify.annotations.NullMarked;
