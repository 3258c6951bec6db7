import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Neighbourhoods } from '../src/neighbourhoods.mjs';
import { Walkers } from '../src/workload.mjs';

/** Stands for Colyseus' view: what was added and not removed, and nothing added or removed twice. */
class View extends Set {
  add(entity) {
    assert(!this.has(entity));
    return super.add(entity);
  }

  remove(entity) {
    assert(this.delete(entity));
  }
}

test('views keep up with entities that walk, jump and leave the field', () => {
  const settings = { rate: 20, sizeMetres: 30, cellMetres: 3, radiusMetres: 4 };
  const neighbourhoods = new Neighbourhoods(settings);
  const walkers = new Walkers(settings, 0, 200);
  const entities = Array.from({ length: 200 }, (_, i) => ({ x: walkers.x[i], z: walkers.z[i] }));
  const sessions = entities.slice(0, 20).map((entity) => neighbourhoods.addSession(new View(), entity));
  entities.forEach((entity) => neighbourhoods.addEntity(entity));
  let changes = 0;
  for (let step = 0; step < 300; step++) {
    entities.forEach((entity, i) => {
      walkers.walk(i);
      entity.x = walkers.x[i];
      entity.z = walkers.z[i];
    });
    const jumping = entities[step % 40];
    jumping.x = ((step * 7_919) % 36_000) - 3_000;
    const before = sessions.map(({ view }) => new Set(view));
    neighbourhoods.update();
    sessions.forEach((session, i) => {
      assert.deepEqual(new Set(session.view), new Set(neighbourhoods.expected(session)));
      assert(session.view.has(session.centre));
      changes += [...session.view].filter((entity) => !before[i].has(entity)).length;
    });
  }
  assert(changes > 1_000);
});

test('a session sees the cells that meet its circle, wholly, and no others', () => {
  const neighbourhoods = new Neighbourhoods({ sizeMetres: 100, cellMetres: 10, radiusMetres: 5 });
  const at = (x, z) => ({ x: x * 1_000, z: z * 1_000 });
  const [centre, near, wholeCell, diagonal, beyond] = [at(24, 25), at(18, 25), at(11, 21), at(19, 19), at(31, 25)];
  [centre, near, wholeCell, diagonal, beyond].forEach((entity) => neighbourhoods.addEntity(entity));
  const session = neighbourhoods.addSession(new View(), centre);
  assert.deepEqual(new Set(session.view), new Set([centre, near, wholeCell]));
});
