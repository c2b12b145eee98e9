// Settings that all trainings have: number of steps, learning rate, amount of text.
import { requireInteger } from '../plan/settings_rules.ts'
import type { Schedule } from '../api/training.ts'
import { LongtabError } from '../api/errors.ts'

/** Throws LongtabError `bad-setting`. */
export function requireSchedule(settings: Schedule): void {
  for (const name of ['steps', 'length', 'lookEvery'] as const) {
    requireInteger(name, settings[name], 1)
  }
  for (const name of ['heldOut', 'seed'] as const) requireInteger(name, settings[name], 0)
  if (!(settings.rate > 0 && settings.rate < 1)) {
    throw new LongtabError('bad-setting', `the rate must lie between 0 and 1, not ${settings.rate}`)
  }
  if (!(settings.warmUp >= 0 && settings.warmUp <= 1)) {
    throw new LongtabError('bad-setting', `the warm-up must be a share 0…1, not ${settings.warmUp}`)
  }
}

/** Factor of the learning rate at a step counted from 0: linear warm-up, then linear decay to 0. */
export function rateFactor(
  step: number,
  { steps, warmUp }: Pick<Schedule, 'steps' | 'warmUp'>,
): number {
  const warm = Math.max(1, Math.round(steps * warmUp))
  if (step < warm) return (step + 1) / warm
  return (steps - step) / Math.max(1, steps - warm)
}

/** Overrides without keys whose value is `undefined`. */
export function withoutUndefined<T extends object>(overrides: {
  readonly [Name in keyof T]?: T[Name] | undefined
}): Partial<T> {
  return Object.fromEntries(
    Object.entries<unknown>(overrides).filter(([, value]) => value !== undefined),
  ) as Partial<T>
}
