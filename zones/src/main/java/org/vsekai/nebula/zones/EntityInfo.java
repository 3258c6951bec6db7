package org.vsekai.nebula.zones;

import java.nio.ByteBuffer;
import java.util.SortedMap;
import java.util.UUID;

/**
 * An entity as it is now, for people who look.
 *
 * @param owner the owning session's number; 0: nobody's
 * @param x millimetres, as y and z
 * @param rotation as in the contract
 * @param velocityX millimetres a second, as velocityY and velocityZ
 * @param components copies of the values that the entity has, by number; read-only
 */
public record EntityInfo(
        int handle,
        UUID id,
        int owner,
        int cell,
        int x,
        int y,
        int z,
        int rotation,
        int velocityX,
        int velocityY,
        int velocityZ,
        boolean persistent,
        SortedMap<Integer, ByteBuffer> components) {}
