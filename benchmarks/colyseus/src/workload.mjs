/** What is sent and when. Both processes compute it from the settings alone, so neither has to tell the other. */

export const UPDATE_BYTES = 16;
export const MESSAGE_TYPE = 0;
export const NEVER = -1;

const WALKING_MILLIMETRES_PER_SECOND = 1400;
const TURNS_PER_SECOND = 0.5;
// Far above a step of the 10 bits that a component of the packed rotation has, so every update changes it.
const YAW_STEP_RADIANS = 0.05;

export function entitiesPerSession(settings) {
  return settings.entities / settings.sessions;
}

/** The time at which a session means to send its update of that number, whether or not it gets to it. */
export function intendedMillis(settings, startMillis, session, number) {
  const period = 1000 / settings.rate;
  return startMillis + (session * period) / settings.sessions + number * period;
}

/** Entities that walk straight on, turn now and then and are reflected by the walls. Each has a random sequence of its own. */
export class Walkers {
  constructor(settings, first, count) {
    this.size = settings.sizeMetres * 1000;
    this.step = WALKING_MILLIMETRES_PER_SECOND / settings.rate;
    this.turnChance = TURNS_PER_SECOND / settings.rate;
    this.random = new Uint32Array(count);
    this.x = new Float64Array(count);
    this.z = new Float64Array(count);
    this.heading = new Float64Array(count);
    this.yaw = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      this.random[i] = Math.imul(first + i + 1, 0x9e3779b1);
      this.x[i] = this.#next(i) * this.size;
      this.z[i] = this.#next(i) * this.size;
      this.heading[i] = this.#next(i) * 2 * Math.PI;
    }
  }

  walk(i) {
    if (this.#next(i) < this.turnChance) {
      this.heading[i] = this.#next(i) * 2 * Math.PI;
    }
    const x = this.x[i] + Math.cos(this.heading[i]) * this.step;
    const z = this.z[i] + Math.sin(this.heading[i]) * this.step;
    if (x < 0 || x >= this.size) {
      this.heading[i] = Math.PI - this.heading[i];
    } else {
      this.x[i] = x;
    }
    if (z < 0 || z >= this.size) {
      this.heading[i] = -this.heading[i];
    } else {
      this.z[i] = z;
    }
    this.yaw[i] = (this.yaw[i] + YAW_STEP_RADIANS) % (2 * Math.PI);
  }

  write(i, number, to, at) {
    to.setInt32(at, Math.trunc(this.x[i]), true);
    to.setInt32(at + 4, number, true);
    to.setInt32(at + 8, Math.trunc(this.z[i]), true);
    to.setUint32(at + 12, packYaw(this.yaw[i]), true);
  }

  /** mulberry32 */
  #next(i) {
    this.random[i] += 0x6d2b79f5;
    let value = this.random[i];
    value = Math.imul(value ^ (value >>> 15), value | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  }
}

/** A rotation about the upright axis as "smallest three": the greatest component's index, and ten bits of each other one. */
export function packYaw(yaw) {
  const quaternion = [0, Math.sin(yaw / 2), 0, Math.cos(yaw / 2)];
  const greatest = Math.abs(quaternion[1]) > Math.abs(quaternion[3]) ? 1 : 3;
  const sign = Math.sign(quaternion[greatest]);
  let packed = greatest;
  for (let i = 0; i < 4; i++) {
    if (i !== greatest) {
      packed = packed * 1024 + Math.round((sign * quaternion[i] * Math.SQRT2 * 0.5 + 0.5) * 1023);
    }
  }
  return packed >>> 0;
}
