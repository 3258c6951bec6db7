const CHUNK_BYTES = 64 * 1024 * 1024;
const MOST_CHUNKS = 96;

/** Messages as they were read, with the time of it, for each of a number of readers. Copied, so that the collector need not look at them. */
export class Recording {
  #chunks = [];
  #used = CHUNK_BYTES;
  #messages;

  constructor(readers) {
    this.#messages = Array.from({ length: readers }, () => []);
  }

  add(reader, data, readMillis) {
    if (this.#used + data.byteLength > CHUNK_BYTES) {
      if (this.#chunks.length === MOST_CHUNKS) {
        throw new RangeError(`more than ${MOST_CHUNKS * CHUNK_BYTES} bytes came in: measure for a shorter time`);
      }
      this.#chunks.push(new Uint8Array(CHUNK_BYTES));
      this.#used = 0;
    }
    this.#chunks.at(-1).set(new Uint8Array(data), this.#used);
    this.#messages[reader].push({ chunk: this.#chunks.length - 1, from: this.#used, to: this.#used + data.byteLength, readMillis });
    this.#used += data.byteLength;
  }

  /** What one reader has read, in its order. */
  * of(reader) {
    for (const { chunk, from, to, readMillis } of this.#messages[reader]) {
      yield { data: this.#chunks[chunk].buffer.slice(from, to), readMillis };
    }
  }
}
