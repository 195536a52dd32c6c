import { type Load, runLoad } from './load.ts';

/** The load's own process: takes a Load, answers a Round or an error, as long as its parent wants. */
process.once('disconnect', () => process.exit(0));
process.on('message', (load: Load) => {
  runLoad(load).then(
    (round) => process.send?.({ round }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
