import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOf } from '../src/faults.mjs';

const settings = { sessions: 2, entities: 4 };
const expected = { 0: 'a', 1: 'b' };
const finished = [{ sends: 3, checksums: [[0, 'a']] }, { sends: 4, checksums: [[1, 'b']] }];

test('a run in which everybody sees what the server has counts', () => {
  assert.deepEqual(faultsOf(settings, expected, 14, finished), []);
});

test('a session that sees something else voids the run', () => {
  assert.match(faultsOf(settings, { ...expected, 1: 'c' }, 14, finished)[0], /1 sessions see something else.* 1: b, not c/);
});

test('an update that did not come in voids the run', () => {
  assert.match(faultsOf(settings, expected, 13, finished)[0], /14 updates were sent, 13 came in/);
});

test('a session that the server has no more voids the run', () => {
  assert.match(faultsOf(settings, { 0: 'a' }, 14, finished)[0], /clients have 2, the server 1/);
});
