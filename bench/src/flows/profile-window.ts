import { renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

/**
 * Loaded into a worker before its program: the first SIGUSR2 starts a CPU profile, the next one writes it, and so on. Says so
 * in files `<BENCH_PROFILE_TO>-<n>.on` and `.cpuprofile`.
 */
const SAMPLE_US = 500;

function profileOnSignals(to: string): void {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  let windows = 0;
  let isOn = false;
  const stop = (): void =>
    session.post('Profiler.stop', (_error, { profile }) => {
      writeFileSync(`${to}-${windows}.writing`, JSON.stringify(profile));
      renameSync(`${to}-${windows}.writing`, `${to}-${windows}.cpuprofile`);
      windows += 1;
    });
  process.on('SIGUSR2', () => {
    isOn = !isOn;
    if (isOn) session.post('Profiler.start', () => writeFileSync(`${to}-${windows}.on`, ''));
    else stop();
  });
}

const to = process.env['BENCH_PROFILE_TO'];
if (to !== undefined) profileOnSignals(to);
