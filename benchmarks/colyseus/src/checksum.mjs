/** A sum over entities that does not depend on their order: two lanes of 32 bits and the count. */
export class Checksum {
  #count = 0;
  #low = 0;
  #high = 0;

  add(key, entity) {
    let low = 0x811c9dc5;
    let high = 0x2545f491;
    for (const value of [Number(key), entity.x, entity.y, entity.z, entity.rotation]) {
      low = mix(low ^ value);
      high = mix(high + Math.imul(value, 0x9e3779b1));
    }
    this.#count++;
    this.#low = (this.#low + low) >>> 0;
    this.#high = (this.#high + high) >>> 0;
  }

  toString() {
    return `${this.#count}:${hex(this.#high)}${hex(this.#low)}`;
  }
}

/** The finaliser of MurmurHash3. */
function mix(value) {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}

function hex(value) {
  return value.toString(16).padStart(8, '0');
}
