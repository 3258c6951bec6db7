package org.vsekai.nebula.client.entities;

import java.util.UUID;

/**
 * An entity that the zone has created for this session, which owns it.
 *
 * @param handle in this epoch of the zone
 */
public record CreatedEntity(int handle, UUID id) {}
