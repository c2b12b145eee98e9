// Which variants of the matrix kernels a model runs: this GPU checks and times them, once for a browser and a shape of model.
import type { Diagnostics, KernelChoice, StepVariants } from '../api/diagnostics.ts'
import { LongtabError } from '../api/errors.ts'
import type { Gpu } from '../gpu/device.ts'
import { isSoftware } from '../gpu/software.ts'
import { portable, type Variants } from '../kernels/variants.ts'
import type { ModelWeights } from '../model/weights.ts'
import type { Plan } from '../plan/plan.ts'
import { browserChoices, choiceKey, type Choice, type KeptChoices } from './kept_choice.ts'
import { measureStep, soundContenders } from './measure_step.ts'
import { largestMatrices, type LayerMatrix } from './own_products.ts'
import { rowsStep, tokenStep, type Step, type Steps } from './steps.ts'

/** Milliseconds of the GPU that all timing may take together. */
const budgetMs = 250

export interface Chosen {
  readonly variants: Variants
  readonly diagnostics: Diagnostics
}

/**
 * Throws LongtabError `gpu-error` for a GPU that computes wrongly.
 * @param weights allocated; nothing need be in them
 */
export async function chooseVariants(
  gpu: Gpu,
  plan: Plan,
  weights: Pick<ModelWeights, 'layers'>,
  choice: KernelChoice,
): Promise<Chosen> {
  // on a CPU the variants would take longer to compile than they could ever save
  if (choice === 'portable' || isSoftware(gpu.device.adapterInfo)) return portableOn(gpu.adapter)
  const steps = { matvec: tokenStep, matmul: rowsStep(plan) }
  return keptOrMeasured(gpu, largestMatrices(weights), steps, await browserChoices())
}

/** What was kept, if it still computes rightly; else what is measured now. */
export async function keptOrMeasured(
  gpu: Gpu,
  matrices: readonly LayerMatrix[],
  steps: Steps,
  choices: KeptChoices,
): Promise<Chosen> {
  const key = choiceKey(gpu.device.adapterInfo, matrices, steps)
  const kept = await choices.find(key)
  const variants = kept && variantsOf(kept, steps)
  if (kept && variants && (await areSound(gpu, matrices, steps, variants)))
    return { variants, diagnostics: { adapter: gpu.adapter, kernels: 'kept', ...kept } }
  try {
    const measured = await measure(gpu, matrices, steps)
    await choices.keep(key, measured.choice)
    const { adapter } = gpu
    const diagnostics: Diagnostics = { adapter, kernels: 'measured', ...measured.choice }
    return { variants: measured.variants, diagnostics }
  } catch (error) {
    if (error instanceof LongtabError) throw error
    const why = error instanceof Error ? error.message : String(error)
    return portableOn(gpu.adapter, [`nothing was measured: ${why}`])
  }
}

async function measure(
  gpu: Gpu,
  matrices: readonly LayerMatrix[],
  steps: Steps,
): Promise<{ readonly variants: Variants; readonly choice: Choice }> {
  const token = await measureStep(gpu, matrices, steps.matvec, budgetMs / 2)
  const rows = await measureStep(gpu, matrices, steps.matmul, budgetMs - token.spentMs)
  return {
    variants: { matvec: token.winner, matmul: rows.winner },
    choice: { steps: [token.told, rows.told], dropped: [...token.dropped, ...rows.dropped] },
  }
}

function variantsOf({ steps: kept }: Choice, { matvec, matmul }: Steps): Variants | undefined {
  const named = <Variant extends { readonly name: string }>(step: Step<Variant>) => {
    const runs = kept.find(({ step: name }) => name === step.name)?.runs
    return step.variants.find(({ name }) => name === runs)
  }
  const [token, rows] = [named(matvec), named(matmul)]
  return token && rows && { matvec: token, matmul: rows }
}

/** A driver may have changed since they were kept. */
async function areSound(
  gpu: Gpu,
  matrices: readonly LayerMatrix[],
  { matvec, matmul }: Steps,
  variants: Variants,
): Promise<boolean> {
  try {
    await soundContenders(gpu, matrices, { ...matvec, variants: [variants.matvec] })
    await soundContenders(gpu, matrices, { ...matmul, variants: [variants.matmul] })
    return true
  } catch {
    return false // then the portable ones are checked as well
  }
}

/** What runs where nothing is measured. */
function portableOn(adapter: string, dropped: readonly string[] = []): Chosen {
  const steps = (['one token', 'many tokens'] as const).map((step): StepVariants => ({
    step,
    runs: 'portable',
    timed: [],
  }))
  return { variants: portable, diagnostics: { adapter, kernels: 'portable', steps, dropped } }
}
