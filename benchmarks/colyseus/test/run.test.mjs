import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measure } from '../src/measure.mjs';
import { settingsOf } from '../src/options.mjs';

async function run(args) {
  return measure(settingsOf(args.split(' ')));
}

test('in a room everybody sees every update', { timeout: 60_000 }, async () => {
  const result = await run('--sessions 6 --warmup 0 --seconds 2 --client-processes 2');
  assert.deepEqual(result.faults, []);
  assert(result.updatesIn > 100);
  assert(result.updatesDelivered > result.updatesIn * 2 && result.updatesDelivered <= 6 * 2 * 20 * 6);
});

test('in neighbourhoods everybody sees the cells about it', { timeout: 60_000 }, async () => {
  const result = await run('--scenario neighbourhood --sessions 10 --entities 200 --size-metres 30 --warmup 0 --seconds 2');
  assert.deepEqual(result.faults, []);
  assert(result.visiblePerSession > 10 && result.visiblePerSession < 150);
  assert(result.updatesDelivered > 0 && result.entitiesEntered > 0);
});
