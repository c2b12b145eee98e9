// Which models the page offers, and which of them this device can hold: worked out from shapes and limits, before any server
// is asked.
import {
  checkFit,
  estimateBytes,
  defaultRoom,
  resolveSettings,
  describePreset,
  presets,
  expectedSpeed,
  type DeviceSpeed,
  type ExpectedSpeed,
  type ModelDescription,
  type Preset,
  ownHeadsList,
  totalBytes,
} from '../../index.ts'
import { allowedBytes } from '../cost/fit.ts'
import { explain } from '../errors.ts'
import type { GpuSupport } from '../gpu_support.ts'
import * as texts from './texts.ts'

export interface Offer {
  readonly preset: Preset
  /** bytes on the GPU with the settings that suit it */
  readonly needed: number
  readonly heads: 'ours' | 'official' | 'none'
  /** positions that it reads at most */
  readonly window: number
  /** undefined where the device was not measured */
  readonly expected: ExpectedSpeed | undefined
  /** why this device does not hold it, with both numbers; '' where it does */
  readonly misfit: string
}

type Device = Pick<GpuSupport, 'largestBuffer' | 'largestBinding' | 'memory'>

/**
 * In the list's order.
 * @param device undefined while it is not known: then all fit
 * @param speed of the device, where it was measured
 */
export function offersFor(device: Device | undefined, speed?: DeviceSpeed): Offer[] {
  return presets
    .filter(({ offered }) => offered)
    .map((preset) => {
      const { description, overrides, width } = suited(preset)
      const heads = width === undefined ? undefined : {}
      const settings = resolveSettings(overrides, description, { heads })
      const needed = totalBytes(estimateBytes(description, settings, width ?? 0))
      return {
        preset,
        needed,
        heads: headsOf(preset),
        window: windowOf(description),
        expected: speed && expectedSpeed(description, settings, speed),
        misfit: device === undefined ? '' : misfitOf(preset, needed, device),
      }
    })
}

/** Some models compute as the engine does up to a part of their positions. */
function windowOf({ maxPositions, attention }: ModelDescription): number {
  const within = attention.map((own) => own?.rotary.within ?? Infinity)
  return Math.min(maxPositions, ...within)
}

/** How a list shows them. */
export interface OfferGroups {
  readonly fast: readonly Offer[]
  readonly slow: readonly Offer[]
  readonly misfits: readonly Offer[]
}

/** Below: an answer comes slower than one reads it, or 100,000 tokens take more than ten minutes. */
const least: ExpectedSpeed = { answering: 5, reading: 100_000 / 600 }

function isSlow({ expected }: Offer): boolean {
  if (expected === undefined) return false
  return expected.answering < least.answering || expected.reading < least.reading
}

/** @param first stands before the others of its group */
export function grouped(offers: readonly Offer[], first: Offer | undefined): OfferGroups {
  const inOrder = offers.toSorted((a, b) => Number(b === first) - Number(a === first))
  const fitting = inOrder.filter(({ misfit }) => misfit === '')
  return {
    fast: fitting.filter((offer) => !isSlow(offer)),
    slow: fitting.filter(isSlow),
    misfits: inOrder.filter(({ misfit }) => misfit !== ''),
  }
}

/**
 * Of those that fit, the one that answered most questions about a novel right. Without a GPU the first with retaining heads:
 * there a small model takes seconds for a token already.
 *
 * @param software whether the adapter computes on the CPU
 */
export function firstChoice(offers: readonly Offer[], software: boolean): Offer | undefined {
  const fitting = offers.filter(({ misfit }) => misfit === '')
  if (software) return fitting.find(({ heads }) => heads !== 'none') ?? fitting[0]
  const right = ({ preset }: Offer) => preset.answersRight ?? 0
  return fitting.toSorted((a, b) => right(b) - right(a))[0]
}

/** Beside the weights a tab needs memory for itself, and the system for everything else. */
const shareForUs = 0.5

function misfitOf(preset: Preset, needed: number, device: Device): string {
  const { memory } = device
  if (memory !== undefined && needed > memory * shareForUs)
    return texts.tooLarge(needed, memory, memory * shareForUs)
  try {
    const { description, overrides, width } = suited(preset)
    checkFit(description, overrides, width, allowedBytes(device))
    return ''
  } catch (error) {
    return explain(error).message
  }
}

/** A model as it would be read: our heads deal the budget out by shares, and in all there are as many slots as if all were alike. */
function suited(preset: Preset) {
  const description = describePreset(preset)
  const ours = ownHeadsFor(preset)
  const width = ours?.width ?? preset.heads?.width
  const { budget, chunk } = defaultRoom(description, ours !== undefined)
  const overrides = { budget, chunk, storage: { weights: preset.weights } }
  return { description, width, overrides }
}

function ownHeadsFor({ name }: Preset) {
  return ownHeadsList.find(({ model }) => model === name)
}

function headsOf(preset: Preset): Offer['heads'] {
  if (ownHeadsFor(preset) !== undefined) return 'ours'
  return preset.heads === undefined ? 'none' : 'official'
}
