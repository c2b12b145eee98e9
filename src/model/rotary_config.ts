// The rotary embedding in config.json: `rope_theta` and `rope_scaling` in older files, `rope_parameters` in newer ones.
// Frequencies are rounded to f32 in the steps transformers rounds in (`modeling_rope_utils.py`).
import { LongtabError } from '../api/errors.ts'
import type { ModelDescription, Rotary } from '../api/description.ts'
import type { Fields } from './fields.ts'

/** A layer without positions: every dimension passes unchanged. */
export const noRotary: Rotary = { frequencies: [], gain: 1 }

type Shape = Pick<ModelDescription, 'headSize' | 'maxPositions'>

/**
 * Throws LongtabError `unsupported-model` at a scaling that is not known, `bad-file` at numbers that cannot be.
 * @param base where the file does not say
 * @param layerType the entry in `rope_parameters` where these are nested (Gemma 3)
 * @param part of a head that rotates where the file does not say
 */
export function readRotary(
  config: Fields,
  base: number,
  shape: Shape,
  layerType = 'full_attention',
  part = 1,
): Rotary {
  const { type, parameters, where } = rotaryFields(config, layerType)
  const theta = where('rope_theta').positive('rope_theta', base)
  const rotated = rotatedIn(where, shape, part)
  if (type === 'proportional') {
    const factor = parameters.positive('factor', 1)
    return proportionalRotary(theta, rotated, shape.headSize, factor)
  }
  const frequencies = plainFrequencies(theta, rotated)
  if (type === 'yarn') return yarn(frequencies, theta, parameters, where, shape)
  return scaled(type, frequencies, parameters, where, shape)
}

interface RotaryFields {
  /** of scaling */
  readonly type: string
  readonly parameters: Fields
  /** where a field stands: among the parameters, or in the file itself */
  readonly where: Where
}

/** What scaling a file names, and where its numbers stand. @param layerType as in readRotary */
export function rotaryFields(config: Fields, layerType = 'full_attention'): RotaryFields {
  const newer = config.group('rope_parameters')
  const nested = newer?.group(layerType) ?? newer
  const older = config.group('rope_scaling')
  const parameters = nested ?? older ?? config
  return {
    type: typeOf(nested, 'default') ?? typeOf(older) ?? 'default',
    parameters,
    where: (name) => (parameters.has(name) ? parameters : config),
  }
}

/** An object without any field scales nothing; one with numbers and no type would. */
function typeOf(scaling: Fields | undefined, usual?: string): string | undefined {
  if (scaling === undefined || scaling.isEmpty) return undefined
  return scaling.text(scaling.has('rope_type') ? 'rope_type' : 'type', usual)
}

/** The unscaled frequencies of a layer whose base has a field of its own (Gemma 3's `rope_local_base_freq`). */
export function plainRotary(base: number, rotated: number): Rotary {
  return { frequencies: plainFrequencies(base, rotated), gain: 1 }
}

/** (rotated / 2): base^(−2i / rotated) */
function plainFrequencies(base: number, rotated: number): number[] {
  return Array.from({ length: rotated / 2 }, (_, pair) =>
    Math.fround(1 / Math.fround(base ** Math.fround((2 * pair) / rotated))),
  )
}

type Where = (name: string) => Fields

function rotatedIn(where: Where, { headSize }: Shape, part: number): number {
  const factor = where('partial_rotary_factor').positive('partial_rotary_factor', part)
  const rotated = Math.trunc(headSize * factor)
  if (rotated > headSize || rotated % 2 !== 0) {
    throw new LongtabError(
      'bad-file',
      `partial_rotary_factor ${factor} rotates ${rotated} of ${headSize} head dimensions; an even number of at most ${headSize} is needed`,
    )
  }
  return rotated
}

/**
 * Frequencies are those of a head that rotates whole, and its pairs lie as there. The first ones rotate, the others by
 * nothing (Gemma 4).
 * @param rotated head dimensions that rotate
 */
export function proportionalRotary(
  base: number,
  rotated: number,
  headSize: number,
  factor = 1,
): Rotary {
  const frequencies = plainFrequencies(base, headSize).map((frequency, pair) =>
    pair < rotated / 2 ? Math.fround(frequency / factor) : 0,
  )
  return { frequencies, gain: 1 }
}

function scaled(
  type: string,
  frequencies: number[],
  parameters: Fields,
  where: Where,
  shape: Shape,
): Rotary {
  if (type === 'default') return { frequencies, gain: 1 }
  if (type === 'linear') {
    const factor = parameters.positive('factor')
    return { frequencies: frequencies.map((f) => Math.fround(f / factor)), gain: 1 }
  }
  // transformers lets the file's own field win
  const original = where('original_max_position_embeddings').count(
    'original_max_position_embeddings',
    shape.maxPositions,
  )
  if (type === 'llama3') {
    return { frequencies: stretched(frequencies, parameters, original), gain: 1 }
  }
  if (type === 'longrope' || type === 'su') {
    return {
      frequencies: divided(frequencies, parameters, 'short_factor'),
      long: { above: original, frequencies: divided(frequencies, parameters, 'long_factor') },
      gain: longGain(parameters, shape.maxPositions / original, original),
    }
  }
  throw new LongtabError(
    'unsupported-model',
    `rope scaling of type ${type} is not supported; supported: default, linear, llama3, longrope, yarn, proportional`,
  )
}

/** Llama 3.1: long waves are slowed down by `factor`, short ones kept, those between interpolated. */
function stretched(frequencies: number[], parameters: Fields, original: number): number[] {
  const factor = parameters.positive('factor')
  const low = parameters.positive('low_freq_factor')
  const high = parameters.positive('high_freq_factor')
  return frequencies.map((frequency) => {
    const waves = (original * frequency) / (2 * Math.PI) // within the original context
    if (waves < low) return Math.fround(frequency / factor)
    if (waves > high) return frequency
    const kept = (waves - low) / (high - low)
    return Math.fround(((1 - kept) * frequency) / factor + kept * frequency)
  })
}

/** LongRoPE: every frequency has a divisor of its own. */
function divided(frequencies: number[], parameters: Fields, name: string): number[] {
  const factors = parameters.positives(name)
  if (factors.length !== frequencies.length) {
    throw new LongtabError(
      'bad-file',
      `config.json: ${name} has ${factors.length} factors for ${frequencies.length} rotating pairs`,
    )
  }
  return frequencies.map((frequency, pair) => Math.fround(frequency / (factors[pair] ?? 1)))
}

function longGain(parameters: Fields, ratio: number, original: number): number {
  const factor = parameters.positive('factor', ratio)
  const usual = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original))
  return parameters.positive('attention_factor', usual)
}

/**
 * YaRN (arXiv 2309.00071, section 3). Waves that turn `beta_fast` times or more within the original context are kept. Those
 * that turn `beta_slow` times or less are slowed down by `factor`. Those between are interpolated by their pair's number.
 */
function yarn(
  frequencies: number[],
  theta: number,
  parameters: Fields,
  where: Where,
  shape: Shape,
): Rotary {
  const original = where('original_max_position_embeddings').count(
    'original_max_position_embeddings',
    shape.maxPositions,
  )
  const factor = parameters.positive('factor', shape.maxPositions / original)
  const rotated = 2 * frequencies.length
  const pairTurning = (times: number) =>
    (rotated * Math.log(original / (times * 2 * Math.PI))) / (2 * Math.log(theta))
  const isWhole = parameters.truth('truncate', true)
  const fast = pairTurning(parameters.positive('beta_fast', 32))
  const slow = pairTurning(parameters.positive('beta_slow', 1))
  const first = Math.max(isWhole ? Math.floor(fast) : fast, 0)
  const last = Math.min(isWhole ? Math.ceil(slow) : slow, rotated - 1)
  const length = last === first ? 0.001 : last - first
  return {
    frequencies: frequencies.map((frequency, pair) => {
      const slowed = Math.fround(Math.min(1, Math.max(0, (pair - first) / length)))
      return Math.fround((frequency / factor) * slowed + frequency * (1 - slowed))
    }),
    gain: yarnGain(parameters, factor),
  }
}

function yarnGain(parameters: Fields, factor: number): number {
  const grown = (scale: number) => (factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1)
  const hasScales = ['mscale', 'mscale_all_dim'].every((name) => Boolean(parameters.raw(name)))
  const usual = hasScales
    ? grown(parameters.positive('mscale')) / grown(parameters.positive('mscale_all_dim'))
    : grown(1)
  return parameters.positive('attention_factor', usual)
}
