import { measure } from './src/measure.mjs';
import { settingsOf, USAGE } from './src/options.mjs';

// What a run takes besides its own time: starting, joining, the quiet time and decoding.
const BESIDES_SECONDS = 800;

let settings;
try {
  settings = settingsOf(process.argv.slice(2));
} catch (error) {
  console.error(`${error.message}\n\n${USAGE}`);
  process.exit(2);
}
if (settings === undefined) {
  console.log(USAGE);
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => process.exit(1));
}
setTimeout(() => {
  console.error('The run took too long and was ended.');
  process.exit(1);
}, (settings.warmupSeconds + settings.seconds + BESIDES_SECONDS) * 1_000).unref();

try {
  const result = await measure(settings);
  console.log(JSON.stringify(result));
  process.exitCode = result.valid ? 0 : 1;
} catch (error) {
  console.error(error.stack);
  process.exitCode = 1;
}
