import { Room } from '@colyseus/core';
import { StateView } from '@colyseus/schema';
import { Checksum } from './checksum.mjs';
import { Neighbourhoods } from './neighbourhoods.mjs';
import { Entity, stateOf } from './state.mjs';
import { entitiesPerSession, MESSAGE_TYPE, NEVER, UPDATE_BYTES, Walkers } from './workload.mjs';

/** Takes each session's updates of its own entities into the state; all else is Colyseus' own doing. */
export class ReplicationRoom extends Room {
  autoDispose = false;
  updatesIn = 0;
  patches = 0;

  onCreate(settings) {
    this.settings = settings;
    this.patchRate = settings.patchMillis;
    this.state = new (stateOf(settings.scenario))();
    if (settings.scenario === 'neighbourhood') {
      this.neighbourhoods = new Neighbourhoods(settings);
    }
    // Bytes spare the server the unpacking of a MessagePack object for every update.
    this.onMessageBytes(MESSAGE_TYPE, (client, bytes) => this.#take(client.userData.entities, bytes));
  }

  onJoin(client, { session }) {
    const count = entitiesPerSession(this.settings);
    const first = session * count;
    const spawn = new Walkers(this.settings, first, count);
    const entities = Array.from({ length: count }, (_, i) =>
      new Entity().assign({ x: Math.trunc(spawn.x[i]), y: NEVER, z: Math.trunc(spawn.z[i]), rotation: 0 }));
    entities.forEach((entity, i) => this.state.entities.set(String(first + i), entity));
    client.userData = { session, entities };
    if (this.neighbourhoods) {
      client.view = new StateView();
      client.userData.neighbourhood = this.neighbourhoods.addSession(client.view, entities[0]);
      entities.forEach((entity) => this.neighbourhoods.addEntity(entity));
    }
  }

  onLeave(client) {
    if (this.neighbourhoods) {
      this.neighbourhoods.removeSession(client.userData.neighbourhood);
      client.view.dispose();
    }
  }

  onBeforePatch() {
    this.patches++;
    this.neighbourhoods?.update();
  }

  /** For each session, the checksum of what it ought to see. */
  checksums() {
    const whole = this.neighbourhoods ? undefined : checksum(this.state.entities.values(), this.#keys()).toString();
    return Object.fromEntries(this.clients.map(({ userData }) => [
      userData.session,
      whole ?? checksum(this.neighbourhoods.expected(userData.neighbourhood), this.#keys()).toString(),
    ]));
  }

  #keys() {
    return new Map(Array.from(this.state.entities.entries(), ([key, entity]) => [entity, key]));
  }

  #take(entities, bytes) {
    for (let i = 0, at = 0; i < entities.length; i++, at += UPDATE_BYTES) {
      const entity = entities[i];
      entity.x = bytes.readInt32LE(at);
      entity.y = bytes.readInt32LE(at + 4);
      entity.z = bytes.readInt32LE(at + 8);
      entity.rotation = bytes.readUInt32LE(at + 12);
    }
    this.updatesIn += entities.length;
  }
}

function checksum(entities, keys) {
  const sum = new Checksum();
  for (const entity of entities) {
    sum.add(keys.get(entity), entity);
  }
  return sum;
}
