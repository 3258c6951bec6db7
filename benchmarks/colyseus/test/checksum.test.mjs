import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Checksum } from '../src/checksum.mjs';

function checksum(...entities) {
  const sum = new Checksum();
  entities.forEach(([key, x, y, z, rotation]) => sum.add(key, { x, y, z, rotation }));
  return sum.toString();
}

const a = ['1', 10, 20, 30, 4_000_000_000];
const b = ['2', -10, 21, 31, 5];

test('the order does not matter', () => {
  assert.equal(checksum(a, b), checksum(b, a));
});

test('every field matters', () => {
  for (let field = 0; field < a.length; field++) {
    const other = a.map((value, i) => (i === field ? Number(value) + 1 : value));
    assert.notEqual(checksum(other, b), checksum(a, b));
  }
});

test('values that change places matter', () => {
  assert.notEqual(checksum(['2', ...a.slice(1)], ['1', ...b.slice(1)]), checksum(a, b));
  assert.notEqual(checksum([a[0], a[3], a[2], a[1], a[4]], b), checksum(a, b));
});

test('one that is missing or there twice matters', () => {
  assert.notEqual(checksum(a), checksum(a, b));
  assert.notEqual(checksum(a, b, b), checksum(a, b));
});
