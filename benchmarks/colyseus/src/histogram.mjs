const STEPS_PER_MILLISECOND = 10;
const LONGEST_MILLIS = 20_000;

/** Counts durations in steps of 0.1 ms. Whatever is longer than 20 s counts as 20 s, and a run with one of those is not worth keeping. */
export class Histogram {
  #counts = new Float64Array(LONGEST_MILLIS * STEPS_PER_MILLISECOND + 1);
  #total = 0;
  #longest = 0;

  add(millis) {
    const bounded = Math.min(Math.max(millis, 0), LONGEST_MILLIS);
    this.#counts[Math.trunc(bounded * STEPS_PER_MILLISECOND)]++;
    this.#total++;
    if (bounded > this.#longest) {
      this.#longest = bounded;
    }
  }

  /** The upper edge of the step in which that share of the durations ends. */
  percentile(share) {
    const rank = Math.ceil(share * this.#total);
    let passed = 0;
    for (let i = 0; i < this.#counts.length; i++) {
      passed += this.#counts[i];
      if (passed >= rank && passed > 0) {
        return Math.min((i + 1) / STEPS_PER_MILLISECOND, this.#longest);
      }
    }
    return 0;
  }

  summary() {
    const summary = { p50: this.percentile(0.5), p99: this.percentile(0.99), 'p99.9': this.percentile(0.999), max: this.#longest };
    return Object.fromEntries(Object.entries(summary).map(([name, millis]) => [name, Number(millis.toFixed(1))]));
  }

  toMessage() {
    const steps = [];
    this.#counts.forEach((count, i) => count > 0 && steps.push([i, count]));
    return { steps, longest: this.#longest };
  }

  addMessage({ steps, longest }) {
    for (const [i, count] of steps) {
      this.#counts[i] += count;
      this.#total += count;
    }
    this.#longest = Math.max(this.#longest, longest);
  }
}
