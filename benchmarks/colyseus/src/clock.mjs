// Milliseconds of the machine's monotonic clock: the same in every process, which performance.now() alone is not.
const toMonotonic = Number(process.hrtime.bigint()) / 1e6 - performance.now();

export function monotonicMillis() {
  return performance.now() + toMonotonic;
}
