// What a choice of model and settings takes, and whether this GPU has the room for it: arithmetic, before anything is allocated.
import {
  planFor,
  requireFit,
  requireMergingFit,
  type Candidate,
  type Plan,
  type Settings,
} from '../../index.ts'
import { explain } from '../errors.ts'
import type { GpuSupport } from '../gpu_support.ts'

/** A model and the settings to load it with. */
export interface Choice {
  readonly candidate: Candidate
  readonly settings: Settings
}

export function planOf({ candidate, settings }: Choice): Plan {
  return planFor(candidate, settings)
}

/** Why the choice will be refused, or nothing. */
export function misfit(choice: Choice, gpu: GpuSupport): string {
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
