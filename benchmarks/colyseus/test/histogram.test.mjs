import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram } from '../src/histogram.mjs';

test('tells the step in which a share of the durations ends', () => {
  const histogram = new Histogram();
  for (let millis = 1; millis <= 1000; millis++) {
    histogram.add(millis - 0.05);
  }
  assert.deepEqual(histogram.summary(), { p50: 500, p99: 990, 'p99.9': 999, max: 1000 });
});

test('two that are merged are as one', () => {
  const [whole, odd, even] = [new Histogram(), new Histogram(), new Histogram()];
  for (let i = 0; i < 500; i++) {
    whole.add(i * 0.7);
    (i % 2 ? odd : even).add(i * 0.7);
  }
  const merged = new Histogram();
  merged.addMessage(odd.toMessage());
  merged.addMessage(even.toMessage());
  assert.deepEqual(merged.summary(), whole.summary());
});

test('an empty one has nothing to tell', () => {
  assert.deepEqual(new Histogram().summary(), { p50: 0, p99: 0, 'p99.9': 0, max: 0 });
});

test('whatever is too long counts as the longest', () => {
  const histogram = new Histogram();
  histogram.add(1e9);
  assert.equal(histogram.summary().max, 20_000);
});
