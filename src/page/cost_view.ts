// The bytes a choice of model and settings will take, before anything is allocated.
import { estimateBytes } from '../engine/plan.ts'
import type { Settings } from '../engine/settings.ts'
import { byId } from './elements.ts'
import { formatBytes } from './format.ts'
import type { GpuSupport } from './gpu_support.ts'
import { bytesPerToken } from './growing_cache.ts'
import type { Candidate } from './model_source.ts'

/** a long novel, for the comparison */
const comparedTokens = 200_000

export function showCost(
  candidate: Candidate,
  settings: Settings,
  gpu: GpuSupport | undefined,
): void {
  const bytes = estimateBytes(candidate.description, settings, candidate.heads?.width ?? 0)
  const total = bytes.weights + bytes.cache + bytes.scratch
  const grows = settings.policy === 'full'
  byId('cost-total', HTMLElement).textContent = formatBytes(total)
  byId('cost-total-note', HTMLElement).textContent = grows
    ? ' on the GPU to begin with; the cache then grows'
    : ' on the GPU, however long the document'
  const bar = byId('cost-bar', HTMLElement)
  for (const part of ['weights', 'cache', 'scratch'] as const) {
    byId(`cost-${part}`, HTMLElement).textContent = formatBytes(bytes[part])
    bar.style.setProperty(`--${part}`, String(bytes[part]))
  }
  const each = bytesPerToken(candidate.description, settings.weights)
  byId('cost-growing', HTMLElement).textContent = grows
    ? `Every 1,000 tokens add ${formatBytes(each * 1000)}.`
    : `A cache that keeps everything would take ${formatBytes(each * comparedTokens)} for a long novel.`
  byId('cost-limit', HTMLElement).textContent =
    gpu === undefined
      ? ''
      : `This GPU allows ${formatBytes(gpu.largestBinding)} in one piece; a layer’s cache or a matrix beyond that is refused before loading.`
  byId('cost', HTMLElement).hidden = false
}

export function hideCost(): void {
  byId('cost', HTMLElement).hidden = true
}
