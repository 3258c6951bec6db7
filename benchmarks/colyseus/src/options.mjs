import { parseArgs } from 'node:util';
import { TRANSPORTS } from './transports.mjs';
import { UPDATE_BYTES } from './workload.mjs';

// Colyseus' transports end whoever sends messages of more than 4 KiB, some bytes of which are its own.
const MOST_MESSAGE_BYTES = 4_000;

const OPTIONS = {
  scenario: ['room', 'room: all see all; neighbourhood: each session sees the cells about its first entity'],
  sessions: [undefined, 'how many connect (room 300, neighbourhood 200)'],
  entities: [undefined, 'of all sessions together, a multiple of their number (room: one each, neighbourhood: ten each)'],
  rate: [20, 'updates of each entity in a second'],
  'patch-ms': [50, "Colyseus' patch rate: milliseconds between two patches"],
  warmup: [10, 'seconds before anything is measured'],
  seconds: [20, 'seconds that are measured'],
  'client-processes': [1, 'processes that share the sessions'],
  'size-metres': [100, 'side of the square in which entities walk'],
  'cell-metres': [5, "side of a neighbourhood's cells"],
  'radius-metres': [6, "radius of a neighbourhood's circle"],
  transport: ['ws', "Colyseus' transport: ws or uws"],
  'server-flags': ['', "Node's flags for the server, separated by commas"],
};

export const USAGE = [
  'node run.mjs [options]: measures Colyseus, prints one JSON object, and fails if a client saw anything but what the server has.',
  '',
  ...Object.entries(OPTIONS).map(([name, [value, what]]) =>
    `  --${name.padEnd(18)}${what}${value === undefined || value === '' ? '' : ` (${value})`}`),
].join('\n');

/** The settings, all checked; undefined if only help is wanted. */
export function settingsOf(args) {
  const { values } = parseArgs({
    args,
    options: {
      help: { type: 'boolean', short: 'h' },
      ...Object.fromEntries(Object.keys(OPTIONS).map((name) => [name, { type: 'string' }])),
    },
  });
  if (values.help) {
    return undefined;
  }
  const text = (name) => values[name] ?? OPTIONS[name][0];
  const number = (name, otherwise, atLeast, atMost, whole = true) => {
    const value = Number(values[name] ?? otherwise);
    if (!(value >= atLeast && value <= atMost) || (whole && !Number.isInteger(value))) {
      throw new RangeError(`--${name} takes a ${whole ? 'whole ' : ''}number from ${atLeast} to ${atMost}`);
    }
    return value;
  };
  const preset = (name, atLeast, atMost, whole) => number(name, OPTIONS[name][0], atLeast, atMost, whole);

  const scenario = text('scenario');
  if (scenario !== 'room' && scenario !== 'neighbourhood') {
    throw new RangeError('--scenario takes room or neighbourhood');
  }
  const transport = text('transport');
  if (!Object.hasOwn(TRANSPORTS, transport)) {
    throw new RangeError(`--transport takes one of ${Object.keys(TRANSPORTS).join(', ')}`);
  }
  const sessions = number('sessions', scenario === 'room' ? 300 : 200, 1, 5_000);
  const entities = number('entities', scenario === 'room' ? sessions : sessions * 10, sessions, 50_000);
  if (entities % sessions !== 0) {
    throw new RangeError('--entities takes a multiple of the number of sessions');
  }
  if ((entities / sessions) * UPDATE_BYTES > MOST_MESSAGE_BYTES) {
    throw new RangeError(`--entities takes at most ${Math.trunc(MOST_MESSAGE_BYTES / UPDATE_BYTES)} for each session`);
  }
  return {
    scenario,
    transport,
    sessions,
    entities,
    rate: preset('rate', 1, 200),
    patchMillis: preset('patch-ms', 1, 1_000),
    warmupSeconds: preset('warmup', 0, 600),
    seconds: preset('seconds', 1, 600),
    clientProcesses: preset('client-processes', 1, Math.min(16, sessions)),
    sizeMetres: preset('size-metres', 1, 10_000, false),
    cellMetres: preset('cell-metres', 0.1, 10_000, false),
    radiusMetres: preset('radius-metres', 0, 10_000, false),
    serverFlags: text('server-flags').split(',').filter((flag) => flag !== ''),
  };
}
