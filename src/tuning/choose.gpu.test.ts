// On WebGPU in software, where the product measures nothing: what is measured, kept and refused, not what is fast.
import { expect } from 'vitest'
import type { Gpu } from '../gpu/device.ts'
import { portable, type MatmulVariant } from '../kernels/variants.ts'
import { matrixBytes } from '../model/matrix.ts'
import { gpuTest, type TestGpu } from '../testing/gpu.ts'
import { keptOrMeasured } from './choose.ts'
import type { Choice, KeptChoices } from './kept_choice.ts'
import type { LayerMatrix } from './own_products.ts'
import { rowsStep, tokenStep, type Contender, type Step, type Steps } from './steps.ts'
import type { Plan } from '../plan/plan.ts'

/** As much of a plan as the step of many tokens reads. */
const plan = {
  model: { hidden: 64, heads: 2, kvHeads: 1, headSize: 32, feedForward: 96, kinds: ['attention'] },
  block: 8,
  longestBlock: 8,
  retainingWidth: 0,
} as unknown as Plan

const steps: Steps = {
  matvec: { ...tokenStep, variants: tokenStep.variants.slice(0, 2) },
  matmul: rowsStep(plan),
}

function gpuOf({ device, memory }: TestGpu): Gpu {
  return { device, memory, adapter: 'acme gpu' } as Gpu
}

function matricesOf(gpu: TestGpu): readonly LayerMatrix[] {
  const [ins, outs, storage] = [64, 192, 'q4'] as const
  const buffers = [1, 2].map(() => gpu.upload(new Uint32Array(matrixBytes(outs, ins, storage) / 4)))
  return [{ ins, outs, storage, buffers }]
}

function inMemory(): KeptChoices {
  const kept = new Map<string, Choice>()
  return {
    find: (key) => Promise.resolve(kept.get(key)),
    keep: (key, choice) => Promise.resolve(void kept.set(key, choice)),
  }
}

/** A variant of its own behind those of the step, whose kernels are the portable ones but for `change`. */
function withFaulty(
  step: Step<MatmulVariant>,
  faulty: MatmulVariant,
  change: (contender: Contender) => Contender,
): Step<MatmulVariant> {
  const isFirst = faulty === portable.matmul
  return {
    ...step,
    variants: isFirst ? [faulty] : [portable.matmul, faulty],
    async compile(device, matrices, variant) {
      const contender = await step.compile(device, matrices, portable.matmul)
      return variant === faulty ? change(contender) : contender
    },
  }
}

/** The last row is not written. */
function leavingRow(contender: Contender): Contender {
  return {
    ...contender,
    checks: contender.checks.map((check) => ({
      ...check,
      multiply: (recorder, product) =>
        check.multiply(recorder, { ...product, rows: product.rows - 1 }),
    })),
  }
}

/** The input is read as if the matrix were narrower. */
function leavingColumns(contender: Contender): Contender {
  return {
    ...contender,
    checks: contender.checks.map((check) => ({
      ...check,
      multiply: (recorder, product) =>
        check.multiply(recorder, { ...product, ins: product.ins - 32 }),
    })),
  }
}

gpuTest('what is measured is kept, and checked again', async ({ gpu }) => {
  const matrices = matricesOf(gpu)
  const choices = inMemory()
  const first = await keptOrMeasured(gpuOf(gpu), matrices, steps, choices)
  expect(first.diagnostics).toMatchObject({ adapter: 'acme gpu', kernels: 'measured' })
  const [token, rows] = first.diagnostics.steps
  expect(token?.timed[0]).toEqual({ variant: 'portable', ratio: 1 })
  expect(token?.runs).toBe(first.variants.matvec.name)
  expect(rows?.runs).toBe(first.variants.matmul.name)
  const told = [...rows!.timed.map(({ variant }) => variant), ...first.diagnostics.dropped]
  for (const { name } of steps.matmul.variants)
    expect(told.filter((text) => text === name || text.includes(`: ${name} was`))).toHaveLength(1)
  const second = await keptOrMeasured(gpuOf(gpu), matrices, steps, choices)
  expect(second).toEqual({
    variants: first.variants,
    diagnostics: { ...first.diagnostics, kernels: 'kept' },
  })
})

gpuTest.for([
  ['does not write a row', leavingRow],
  ['does not read some columns', leavingColumns],
] as const)('a variant that %s is refused by name', async ([, change], { gpu }) => {
  const faulty = { ...portable.matmul, name: 'faulty' }
  const matmul = withFaulty(steps.matmul, faulty, change)
  const chosen = await keptOrMeasured(gpuOf(gpu), matricesOf(gpu), { ...steps, matmul }, inMemory())
  expect(chosen.variants.matmul).toBe(portable.matmul)
  expect(chosen.diagnostics.dropped).toContain('many tokens: faulty computes wrongly on this GPU')
})

gpuTest('a kept variant that computes wrongly by now is measured anew', async ({ gpu }) => {
  const faulty = { ...portable.matmul, name: 'faulty' }
  const [matrices, choices] = [matricesOf(gpu), inMemory()]
  const runs = (step: 'one token' | 'many tokens', name: string) => ({
    step,
    runs: name,
    timed: [],
  })
  const find = () =>
    Promise.resolve({
      steps: [runs('one token', 'portable'), runs('many tokens', 'faulty')],
      dropped: [],
    })
  const matmul = withFaulty(steps.matmul, faulty, leavingRow)
  const chosen = await keptOrMeasured(
    gpuOf(gpu),
    matrices,
    { ...steps, matmul },
    { ...choices, find },
  )
  expect(chosen.diagnostics.kernels).toBe('measured')
  expect(chosen.variants.matmul).toBe(portable.matmul)
})

gpuTest('a GPU whose portable kernels compute wrongly is refused', async ({ gpu }) => {
  const matmul = withFaulty(steps.matmul, portable.matmul, leavingRow)
  await expect(
    keptOrMeasured(gpuOf(gpu), matricesOf(gpu), { ...steps, matmul }, inMemory()),
  ).rejects.toMatchObject({
    code: 'gpu-error',
    message: expect.stringContaining('acme gpu computes wrongly') as string,
  })
})
