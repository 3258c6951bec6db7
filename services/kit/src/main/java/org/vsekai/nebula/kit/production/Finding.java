package org.vsekai.nebula.kit.production;

/**
 * A setting that is unsafe in production.
 *
 * @param name by which an operator accepts it: lower-case letters, digits and hyphens
 * @param text which setting, what follows from it, and what to do
 */
public record Finding(String name, String text) {}
