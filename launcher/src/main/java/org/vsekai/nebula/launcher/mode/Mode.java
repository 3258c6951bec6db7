package org.vsekai.nebula.launcher.mode;

/**
 * A line of versions that a player can follow.
 *
 * @param updateTo the mode that its players are sent to; empty if none
 */
public record Mode(String name, boolean active, String updateTo) {}
