// The rotary embedding in config.json: `rope_theta` and `rope_scaling` in older files, `rope_parameters` in newer ones.
import { LongtabError } from '../errors.ts'
import type { Rotary } from './description.ts'
import type { Fields } from './fields.ts'

/**
 * @param base where the file does not say
 * @param headSize dimensions that rotate unless `partial_rotary_factor` says fewer
 */
export function readRotary(config: Fields, base: number, headSize: number): Rotary {
  const newer = config.group('rope_parameters')
  const older = config.group('rope_scaling')
  const type =
    newer?.text('rope_type', 'default') ??
    older?.text(older.has('rope_type') ? 'rope_type' : 'type')
  if (type !== undefined && type !== 'default') {
    throw new LongtabError(
      'unsupported-model',
      `rope scaling of type ${type} is not supported; only unscaled rotary positions are`,
    )
  }
  const where = (name: string) => (newer?.has(name) ? newer : config)
  const factor = where('partial_rotary_factor').positive('partial_rotary_factor', 1)
  const rotated = Math.trunc(headSize * factor)
  if (rotated > headSize || rotated % 2 !== 0) {
    throw new LongtabError(
      'bad-file',
      `partial_rotary_factor ${factor} rotates ${rotated} of ${headSize} head dimensions; an even number of at most ${headSize} is needed`,
    )
  }
  return { base: where('rope_theta').positive('rope_theta', base), rotated }
}
