// The bytes a choice of model and settings will take, before anything is allocated.
import {
  bytesOfPlan,
  keyValueBytes,
  planFor,
  requireFit,
  requireMergingFit,
  type Candidate,
  type Plan,
  type Settings,
} from '../../index.ts'
import { byId } from '../elements.ts'
import { explain } from '../errors.ts'
import { formatBytes } from '../format.ts'
import type { GpuSupport } from '../gpu_support.ts'

/** a long novel, for the comparison */
const comparedTokens = 200_000

/** A model and the settings to load it with. */
export interface Choice {
  readonly candidate: Candidate
  readonly settings: Settings
}

/** Bytes by purpose: in words, and as a bar with a share for each. */
export function showBytes(
  prefix: 'cost' | 'training-cost',
  bytes: Readonly<Record<'weights' | 'cache' | 'scratch', number>>,
): void {
  for (const part of ['weights', 'cache', 'scratch'] as const) {
    byId(`${prefix}-${part}`, HTMLElement).textContent = formatBytes(bytes[part])
    byId(`${prefix}-bar-${part}`, HTMLElement).style.flexGrow = String(bytes[part])
  }
}

export function showCost(choice: Choice, gpu: GpuSupport | undefined): void {
  const { candidate, settings } = choice
  const bytes = bytesOfPlan(planOf(choice))
  const total = bytes.weights + bytes.cache + bytes.scratch
  const grows = settings.policy === 'full'
  byId('cost-total', HTMLElement).textContent = formatBytes(total)
  byId('cost-total-note', HTMLElement).textContent = grows
    ? ' on the GPU to begin with; the cache then grows'
    : ' on the GPU, however long the document'
  showBytes('cost', bytes)
  const each = keyValueBytes(candidate.description, settings.cache)
  byId('cost-growing', HTMLElement).textContent = grows
    ? `Every 1,000 tokens add ${formatBytes(each * 1000)}.`
    : `A cache that keeps everything would take ${formatBytes(each * comparedTokens)} for a long novel.`
  byId('cost-complaint', HTMLElement).textContent = gpu === undefined ? '' : misfit(choice, gpu)
  byId('cost-limit', HTMLElement).textContent =
    gpu === undefined ? '' : `This GPU allows ${formatBytes(allowedBytes(gpu))} in one buffer.`
  byId('cost', HTMLElement).hidden = false
}

export function planOf({ candidate, settings }: Choice): Plan {
  return planFor(candidate, settings)
}

/** Why the choice will be refused, or nothing. */
function misfit(choice: Choice, gpu: GpuSupport): string {
  try {
    const plan = planOf(choice)
    requireFit(plan, allowedBytes(gpu))
    requireMergingFit(plan, allowedBytes(gpu))
    return ''
  } catch (error) {
    return explain(error).message
  }
}

/** Bytes that one buffer may have. */
export function allowedBytes({
  largestBuffer,
  largestBinding,
}: Pick<GpuSupport, 'largestBuffer' | 'largestBinding'>): number {
  return Math.min(largestBuffer, largestBinding)
}

export function hideCost(): void {
  byId('cost', HTMLElement).hidden = true
}
