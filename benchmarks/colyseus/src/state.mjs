import { schema, t } from '@colyseus/schema';

/** A transform: millimetres, except that y carries the number of the update, so that a reader knows when it was due. */
export const Entity = schema(
  { x: t.int32(), y: t.int32(), z: t.int32(), rotation: t.uint32() },
  'Entity',
);

export const RoomState = schema({ entities: t.map(Entity) }, 'RoomState');

/** As `RoomState`, but a session is told only of the entities that were added to its view. */
export const NeighbourhoodState = schema({ entities: t.map(Entity).view() }, 'NeighbourhoodState');

export function stateOf(scenario) {
  return scenario === 'room' ? RoomState : NeighbourhoodState;
}
