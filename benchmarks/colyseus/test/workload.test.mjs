import assert from 'node:assert/strict';
import { test } from 'node:test';
import { intendedMillis, packYaw, UPDATE_BYTES, Walkers } from '../src/workload.mjs';

const settings = { sessions: 4, entities: 4, rate: 20, sizeMetres: 100 };

test('every update has another rotation, another place and its number', () => {
  const walkers = new Walkers(settings, 0, 4);
  const bytes = new DataView(new ArrayBuffer(UPDATE_BYTES));
  for (let entity = 0; entity < 4; entity++) {
    let before;
    for (let number = 0; number < 5_000; number++) {
      walkers.walk(entity);
      walkers.write(entity, number, bytes, 0);
      const update = { x: bytes.getInt32(0, true), y: bytes.getInt32(4, true), z: bytes.getInt32(8, true), rotation: bytes.getUint32(12, true) };
      assert.equal(update.y, number);
      assert(update.x >= 0 && update.x < 100_000 && update.z >= 0 && update.z < 100_000);
      if (before !== undefined) {
        assert.notEqual(update.rotation, before.rotation);
        assert(Math.hypot(update.x - before.x, update.z - before.z) < 72);
      }
      before = update;
    }
  }
});

test('whoever starts where an entity does walks as it does', () => {
  const [all, last] = [new Walkers(settings, 0, 4), new Walkers(settings, 3, 1)];
  for (let i = 0; i < 100; i++) {
    all.walk(3);
    last.walk(0);
  }
  assert.deepEqual([last.x[0], last.z[0]], [all.x[3], all.z[3]]);
});

test('sessions send one after the other within each period', () => {
  assert.deepEqual([0, 1, 2, 3].map((session) => intendedMillis(settings, 1_000, session, 2)), [1_100, 1_112.5, 1_125, 1_137.5]);
});

test('a packed rotation tells which component was left out', () => {
  assert.equal(packYaw(0) >>> 30, 3);
  assert.equal(packYaw(Math.PI) >>> 30, 1);
});
