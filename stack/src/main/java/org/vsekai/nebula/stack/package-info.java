/**
 * The local stack: an embedded PostgreSQL and every service, as supervised child processes of one command. A data folder and
 * a port base go in; running services, their logs, and a state file that other commands find them by come out. For one's own
 * machine, tests and the demonstration; everything listens on 127.0.0.1 only, and nothing here is used in production.
 */
@NullMarked
package org.vsekai.nebula.stack;

import org.jspecify.annotations.NullMarked;
