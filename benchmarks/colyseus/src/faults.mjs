import { entitiesPerSession } from './workload.mjs';

/** Why a run counts for nothing; empty if every client saw in the end what the server has, and the server took in all that was sent. */
export function faultsOf(settings, expected, updatesIn, finished) {
  const faults = [];
  const seen = finished.flatMap(({ checksums }) => checksums);
  const there = Object.keys(expected).length;
  if (seen.length !== settings.sessions || there !== settings.sessions) {
    faults.push(`of ${settings.sessions} sessions the clients have ${seen.length}, the server ${there}`);
  }
  const wrong = seen.filter(([session, checksum]) => expected[session] !== checksum);
  if (wrong.length > 0) {
    const [session, checksum] = wrong[0];
    faults.push(`${wrong.length} sessions see something else than the server has, such as ${session}: ${checksum}, not ${expected[session]}`);
  }
  const sent = finished.reduce((sum, { sends }) => sum + sends, 0) * entitiesPerSession(settings);
  if (sent !== updatesIn) {
    faults.push(`${sent} updates were sent, ${updatesIn} came in`);
  }
  return faults;
}
