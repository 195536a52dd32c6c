/**
 * The courses of events a random test runs through: one by default, so that all tests together stay quick; others by
 * `MLC_TEST_SEEDS=2,3,4`.
 */
export function seedsToTry(usual: number): number[] {
  const asked = process.env['MLC_TEST_SEEDS'];
  return asked === undefined ? [usual] : asked.split(',').map(Number);
}
