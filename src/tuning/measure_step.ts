// One step's variants on this GPU: compiled, checked, and those that compute rightly timed.
import type { StepVariants } from '../api/diagnostics.ts'
import { LongtabError } from '../api/errors.ts'
import type { Gpu } from '../gpu/device.ts'
import { createSample, type LayerMatrix } from './own_products.ts'
import { withOwnMemory } from './own_memory.ts'
import { computesRightly } from './self_check.ts'
import type { Contender, Step } from './steps.ts'
import { holdTournament } from './tournament.ts'

export interface Measured<Variant> {
  readonly winner: Variant
  readonly told: StepVariants
  /** a sentence for each variant that was not timed */
  readonly dropped: readonly string[]
  readonly spentMs: number
}

/**
 * Throws LongtabError `gpu-error` where the portable variant computes wrongly. Throws any other error where nothing can be
 * measured.
 * @param budgetMs of the GPU, for timing
 */
export async function measureStep<Variant extends { readonly name: string }>(
  gpu: Gpu,
  matrices: readonly LayerMatrix[],
  step: Step<Variant>,
  budgetMs: number,
): Promise<Measured<Variant>> {
  const { contenders, dropped } = await soundContenders(gpu, matrices, step)
  const { winner, timed, untimed, spentMs } = await withOwnMemory(gpu.device, async (memory) => {
    const sample = await createSample(gpu, memory, matrices, step.rows)
    return holdTournament(
      contenders,
      ({ contender }, rounds) => sample(contender, rounds),
      budgetMs,
    )
  })
  const portableMs = timed[0]?.ms ?? NaN
  const told: StepVariants = {
    step: step.name,
    runs: winner.variant.name,
    timed: timed.map(({ variant: { variant }, ms }) => ({
      variant: variant.name,
      ratio: ms / portableMs,
    })),
  }
  const late = untimed.map(
    ({ variant }) => `${step.name}: ${variant.name} was not timed, as the time for timing was over`,
  )
  return { winner: winner.variant, told, dropped: [...dropped, ...late], spentMs }
}

interface Sound<Variant> {
  readonly variant: Variant
  readonly contender: Contender
}

/** Those that compile and compute rightly, the portable one first. */
export async function soundContenders<Variant extends { readonly name: string }>(
  gpu: Gpu,
  matrices: readonly LayerMatrix[],
  { name, variants, compile }: Step<Variant>,
): Promise<{ readonly contenders: Sound<Variant>[]; readonly dropped: readonly string[] }> {
  const [portable] = variants
  const compiled = await Promise.allSettled(
    variants.map((variant) => compile(gpu.device, matrices, variant)),
  )
  const contenders: Sound<Variant>[] = []
  const dropped: string[] = []
  for (const [index, variant] of variants.entries()) {
    const result = compiled[index]
    if (result?.status !== 'fulfilled') {
      if (variant === portable) throw result?.reason
      dropped.push(`${name}: ${variant.name} does not compile on this GPU`)
    } else if (await computesRightly(gpu, result.value)) {
      contenders.push({ variant, contender: result.value })
    } else {
      if (variant === portable) throw wrongGpu(gpu.adapter)
      dropped.push(`${name}: ${variant.name} computes wrongly on this GPU`)
    }
  }
  return { contenders, dropped }
}

function wrongGpu(adapter: string): LongtabError {
  return new LongtabError(
    'gpu-error',
    `the GPU ${adapter} computes wrongly: a product of 130 outputs is not what the CPU gives; update the graphics driver or the browser`,
  )
}
