import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './channel.mjs';
import { monotonicMillis } from './clock.mjs';
import { faultsOf } from './faults.mjs';
import { Histogram } from './histogram.mjs';
import { versions } from './versions.mjs';

const JOIN_WITHIN_MILLIS = 120_000;
const START_IN_MILLIS = 500;
const DECODE_WITHIN_MILLIS = 600_000;
const QUIET_MILLIS = 1_000;

/** One run: starts both sides, lets them run, and puts together what they saw. Kills whatever it started. */
export async function measure(settings) {
  const children = [];
  const start = (name, execArgv) => {
    const child = new Child(name, fileURLToPath(new URL(`${name}.mjs`, import.meta.url)), { execArgv });
    children.push(child);
    return child;
  };
  const kill = () => children.forEach((child) => child.kill());
  process.on('exit', kill);
  try {
    return await run(settings, start);
  } finally {
    kill();
    process.off('exit', kill);
  }
}

async function run(settings, start) {
  const server = start('server', settings.serverFlags);
  const { port, roomId } = await server.ask('start', settings);
  const clients = Array.from({ length: settings.clientProcesses }, () => start('clients', []));
  const onAll = (name, argument, withinMillis) => Promise.all(clients.map((client) => client.ask(name, argument, withinMillis)));
  await Promise.all(clients.map((client, worker) => client.ask('join', { settings, port, roomId, worker }, JOIN_WITHIN_MILLIS)));

  const startMillis = monotonicMillis() + START_IN_MILLIS;
  const from = startMillis + settings.warmupSeconds * 1_000;
  const to = from + settings.seconds * 1_000;
  await onAll('start', { atMillis: startMillis, window: [from, to] });
  const sample = () => Promise.all([server.ask('sample'), onAll('sample')]);
  await until(from);
  const before = await sample();
  await until(to);
  const after = await sample();
  await sleep(QUIET_MILLIS);

  const expected = await server.ask('checksums');
  const { updatesIn } = await server.ask('sample');
  const finished = await onAll('finish', undefined, DECODE_WITHIN_MILLIS);
  const faults = faultsOf(settings, expected, updatesIn, finished);
  return { valid: faults.length === 0, faults, ...figures(settings, before, after, finished) };
}

async function until(millis) {
  await sleep(Math.max(millis - monotonicMillis(), 0));
}

function figures(settings, [serverBefore, clientsBefore], [serverAfter, clientsAfter], finished) {
  const sum = (each) => finished.reduce((total, one) => total + each(one), 0);
  const merged = (each) => {
    const whole = new Histogram();
    finished.forEach((one) => whole.addMessage(each(one)));
    return whole.summary();
  };
  const { scenario, transport, sessions, entities, rate, patchMillis, warmupSeconds, seconds, clientProcesses } = settings;
  const cpuSeconds = (serverAfter.cpuMicros - serverBefore.cpuMicros) / 1e6;
  const wallSeconds = (serverAfter.atMillis - serverBefore.atMillis) / 1e3;
  const clientCpuSeconds = clientsAfter.map((after, i) => (after.cpuMicros - clientsBefore[i].cpuMicros) / 1e6);
  const updatesIn = serverAfter.updatesIn - serverBefore.updatesIn;
  const delivered = sum(({ counts }) => counts.delivered);
  const visible = sum(({ visible }) => visible);
  return {
    scenario,
    transport,
    sessions,
    entities,
    rate,
    patchMillis,
    warmupSeconds,
    seconds,
    clientProcesses,
    ...(scenario === 'neighbourhood' && { cellMetres: settings.cellMetres, radiusMetres: settings.radiusMetres }),
    visiblePerSession: round(visible / sessions, 1),
    updatesIn,
    patchesPerSecond: round((serverAfter.patches - serverBefore.patches) / wallSeconds, 1),
    updatesDelivered: delivered,
    // Two updates of one entity between two patches are told as one: what is missing here was overtaken, not lost.
    deliveredShare: round(delivered / (updatesIn * (visible / entities)), 4),
    entitiesEntered: sum(({ counts }) => counts.entered),
    deliveredPerSecond: round(delivered / seconds, 0),
    serverCpuSeconds: round(cpuSeconds, 3),
    serverCores: round(cpuSeconds / wallSeconds, 3),
    deliveredPerServerCpuSecond: round(delivered / cpuSeconds, 0),
    bytesSent: sum(({ counts }) => counts.bytes),
    bytesPerDelivered: round(sum(({ counts }) => counts.bytes) / delivered, 2),
    messagesSent: sum(({ counts }) => counts.messages),
    latencyMillis: merged(({ counts }) => counts.latency),
    sendLatenessMillis: merged(({ lateness }) => lateness),
    serverResidentMebibytes: mebibytes(serverAfter.residentBytes),
    serverMostResidentMebibytes: mebibytes(serverAfter.mostResidentBytes),
    clientCpuSeconds: clientCpuSeconds.map((value) => round(value, 3)),
    clientCores: clientCpuSeconds.map((value) => round(value / wallSeconds, 3)),
    clientDecodeCpuSeconds: finished.map(({ counts }) => round(counts.decodeCpuMicros / 1e6, 3)),
    serverFlags: settings.serverFlags,
    versions: versions(),
  };
}

function round(value, digits) {
  return Number(value.toFixed(digits));
}

function mebibytes(bytes) {
  return round(bytes / (1024 * 1024), 1);
}
