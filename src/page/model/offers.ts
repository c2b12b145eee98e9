// Which models the page offers, and which of them this device can hold: worked out from shapes and limits, before any server
// is asked.
import {
  bytesOfPlan,
  defaultRoom,
  describePreset,
  expectedSpeed,
  ownHeadsList,
  planOf,
  presets,
  requireFit,
  totalBytes,
  type DeviceSpeed,
  type ExpectedSpeed,
  type ModelDescription,
  type Plan,
  type Preset,
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

/** What of an offer no device changes. */
interface Planned extends Pick<Offer, 'preset' | 'needed' | 'heads' | 'window'> {
  readonly plan: Plan
}

/** Worked out once: on a slow computer it takes a moment. */
let planned: readonly Planned[] | undefined

/**
 * In the list's order.
 * @param device undefined while it is not known: then all fit
 * @param speed of the device, where it was measured
 */
export function offersFor(device: Device | undefined, speed?: DeviceSpeed): Offer[] {
  planned ??= presets.filter(({ offered }) => offered).map(plannedOf)
  return planned.map(({ plan, ...offer }) => ({
    ...offer,
    expected: speed && expectedSpeed(plan.model, plan.settings, speed),
    misfit: device === undefined ? '' : misfitOf(plan, offer.needed, device),
  }))
}

/** As it would be read: our heads deal the budget out by shares, and in all there are as many slots as if all were alike. */
function plannedOf(preset: Preset): Planned {
  const description = describePreset(preset)
  const ours = ownHeadsList.find(({ model }) => model === preset.name)
  const { budget, chunk } = defaultRoom(description, ours !== undefined)
  const overrides = { budget, chunk, storage: { weights: preset.weights } }
  const plan = planOf(description, overrides, ours?.width ?? preset.heads?.width)
  return {
    preset,
    plan,
    needed: totalBytes(bytesOfPlan(plan)),
    heads: ours !== undefined ? 'ours' : preset.heads === undefined ? 'none' : 'official',
    window: windowOf(description),
  }
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
 * Of those that fit and are not slow, the one that answered most questions about a novel right. Without a GPU the first with
 * retaining heads: there a small model takes seconds for a token already.
 *
 * @param software whether the adapter computes on the CPU
 */
export function firstChoice(offers: readonly Offer[], software: boolean): Offer | undefined {
  const fitting = offers.filter(({ misfit }) => misfit === '')
  if (software) return fitting.find(({ heads }) => heads !== 'none') ?? fitting[0]
  const fast = fitting.filter((offer) => !isSlow(offer))
  const right = ({ preset }: Offer) => preset.answersRight ?? 0
  return (fast.length > 0 ? fast : fitting).toSorted((a, b) => right(b) - right(a))[0]
}

/** Beside the weights a tab needs memory for itself, and the system for everything else. */
const shareForUs = 0.5

function misfitOf(plan: Plan, needed: number, device: Device): string {
  const { memory } = device
  if (memory !== undefined && needed > memory * shareForUs)
    return texts.tooLarge(needed, memory, memory * shareForUs)
  try {
    requireFit(plan, allowedBytes(device))
    return ''
  } catch (error) {
    return explain(error).message
  }
}
