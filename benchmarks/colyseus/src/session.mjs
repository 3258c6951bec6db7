import { monotonicMillis } from './clock.mjs';
import { Checksum } from './checksum.mjs';
import { entitiesPerSession, intendedMillis, MESSAGE_TYPE, NEVER, UPDATE_BYTES, Walkers } from './workload.mjs';

/** One session: walks and sends its own entities, and sees through Colyseus' SDK what the server tells it of all others. */
export class Session {
  #settings;
  #index;
  #room;
  #decode;
  #walkers;
  #message;
  #bytes;
  #seen;
  #seenAt;
  #look = 0;

  constructor(settings, index) {
    const count = entitiesPerSession(settings);
    this.#settings = settings;
    this.#index = index;
    this.#walkers = new Walkers(settings, index * count, count);
    this.#bytes = new Uint8Array(count * UPDATE_BYTES);
    this.#message = new DataView(this.#bytes.buffer);
    this.#seen = new Int32Array(settings.entities).fill(NEVER);
    this.#seenAt = new Int32Array(settings.entities);
  }

  /** Whoever joins is handed each message as it is read, and has it decoded when it suits. */
  async join(client, roomId, State, receive) {
    this.#room = await client.joinById(roomId, { session: this.#index }, State);
    this.#room.reconnection.enabled = false;
    this.#room.onLeave((code) => { this.endedWith = code; });
    this.#room.onDrop((code) => { this.endedWith = code; });
    const { events } = this.#room.connection;
    this.#decode = events.onmessage;
    events.onmessage = ({ data }) => receive(this, data, monotonicMillis());
  }

  send(number) {
    for (let i = 0, at = 0; at < this.#bytes.length; i++, at += UPDATE_BYTES) {
      this.#walkers.walk(i);
      this.#walkers.write(i, number, this.#message, at);
    }
    this.#room.sendBytes(MESSAGE_TYPE, this.#bytes);
  }

  decode(data) {
    this.#decode({ data });
  }

  /** Counts what the message that was decoded last has changed; `counts` is undefined for one outside of the measured time. */
  look(readMillis, startMillis, counts) {
    const count = entitiesPerSession(this.#settings);
    const look = ++this.#look;
    this.#room.state.entities.forEach((entity, name) => {
      const key = Number(name);
      const known = this.#seenAt[key] === look - 1;
      this.#seenAt[key] = look;
      if (known && this.#seen[key] === entity.y) {
        return;
      }
      this.#seen[key] = entity.y;
      if (counts === undefined) {
        return;
      }
      if (known) {
        counts.delivered++;
        counts.latency.add(readMillis - intendedMillis(this.#settings, startMillis, Math.trunc(key / count), entity.y));
      } else {
        // What comes into view has an update of some age. That is no delivery of that update.
        counts.entered++;
      }
    });
  }

  get visible() {
    return this.#room.state.entities.size;
  }

  checksum() {
    const sum = new Checksum();
    this.#room.state.entities.forEach((entity, key) => sum.add(key, entity));
    return sum.toString();
  }
}
