package org.vsekai.nebula.zones;

import java.util.UUID;

/**
 * An entity as it is now, for people who look.
 *
 * @param owner the owning session's number; 0: nobody's
 * @param x millimetres, as y and z
 * @param rotation as in the contract
 */
public record EntityInfo(
        int handle, UUID id, int owner, int cell, int x, int y, int z, int rotation, boolean persistent) {}
