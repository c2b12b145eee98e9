// The steps of the forward pass that have variants: how a variant is compiled, and how it multiplies.
import type { StepVariants } from '../api/diagnostics.ts'
import {
  compileMatmuls,
  compileMatvec,
  kernelFor,
  largestTile,
  tileFor,
  type Matmul,
  type Multiplied,
} from '../forward/matrix_kernels.ts'
import type { Recorder } from '../gpu/recorder.ts'
import { matmulGrid } from '../kernels/matmul.ts'
import { matvecGrid } from '../kernels/matvec.ts'
import {
  matmulVariants,
  matvecVariants,
  portable,
  type MatmulVariant,
  type MatvecVariant,
} from '../kernels/variants.ts'
import { padded } from '../model/matrix.ts'
import type { Plan } from '../plan/plan.ts'
import { checkedStorage, type CheckedStorage } from './check_case.ts'

/** One product: output (rows, outs) = input (rows, ins) · matrixᵀ. */
export interface Product {
  readonly ins: number
  readonly outs: number
  readonly rows: number
  readonly input: GPUBuffer
  readonly matrix: GPUBuffer
  readonly output: GPUBuffer
  readonly bias: GPUBuffer
}

type Multiply = (recorder: Recorder, product: Product) => void

/** A kernel that is to be checked. */
export interface Checked {
  readonly storage: CheckedStorage
  /** of the product that it is checked with */
  readonly rows: number
  readonly multiply: Multiply
}

/** A variant, compiled. */
export interface Contender {
  /** with the kernel for that matrix */
  readonly multiply: (matrix: Multiplied, ...args: Parameters<Multiply>) => void
  readonly checks: readonly Checked[]
}

export interface Step<Variant extends { readonly name: string }> {
  readonly name: StepVariants['step']
  /** the portable one first */
  readonly variants: readonly Variant[]
  /** rows of its products */
  readonly rows: number
  readonly compile: (
    device: GPUDevice,
    matrices: readonly Multiplied[],
    variant: Variant,
  ) => Promise<Contender>
}

/** Under the names of what is chosen. */
export interface Steps {
  readonly matvec: Step<MatvecVariant>
  readonly matmul: Step<MatmulVariant>
}

/** The matvec kernels of a decode step. Those that norm or gate have the same constants. */
export const tokenStep: Step<MatvecVariant> = {
  name: 'one token',
  variants: matvecVariants,
  rows: 1,
  async compile(device, matrices, variant) {
    const checked = inCheckedStorage(matrices)
    const all = [...matrices, ...checked]
    const kernels = await compileMatvec(device, all, 'into', 1, variant)
    const multiply: Contender['multiply'] = (matrix, recorder, product) => {
      const { kernel, lanes } = kernelFor(kernels, matrix)
      const { outs, rows: tokens } = product
      const params = { tokens, ...shapeOf(product) }
      recorder.run(kernel, params, buffersOf(product), matvecGrid(outs, lanes))
    }
    const checks = checked.map((matrix) => ({
      storage: matrix.storage,
      rows: 1,
      multiply: (recorder: Recorder, product: Product) => multiply(matrix, recorder, product),
    }))
    return { multiply, checks }
  },
}

type MatmulGrid = ReturnType<typeof matmulGrid>

/** Neither a whole tile nor less than one. */
const checkedRows = 70

/** The matmul kernels of a block. Those that gate have the same constants. */
export function rowsStep(plan: Plan): Step<MatmulVariant> {
  const largest = largestTile(plan)
  return {
    name: 'many tokens',
    variants: matmulVariants.filter(
      (variant) => largest === 128 || variant === portable.matmul || differsInTile(variant),
    ),
    rows: plan.block,
    async compile(device, matrices, variant) {
      const checked = inCheckedStorage(matrices)
      const all = [...matrices, ...checked]
      const kernels = await compileMatmuls(device, all, 'into', largest, variant)
      const run = (kernel: Matmul[64], grid: MatmulGrid, recorder: Recorder, product: Product) =>
        recorder.run(kernel, { rows: product.rows, ...shapeOf(product) }, buffersOf(product), grid)
      const checks = checked.flatMap((matrix) => {
        const tiles = kernelFor(kernels, matrix)
        return ([64, 128] as const).flatMap((side) => {
          const kernel = tiles[side]
          if (kernel === undefined) return []
          const multiply: Multiply = (recorder, product) =>
            run(kernel, matmulGrid(product.outs, product.rows, side), recorder, product)
          return { storage: matrix.storage, rows: checkedRows, multiply }
        })
      })
      return {
        multiply(matrix, recorder, product) {
          const { kernel, grid } = tileFor(kernelFor(kernels, matrix), product.outs, product.rows)
          run(kernel, grid, recorder, product)
        },
        checks,
      }
    },
  }
}

/** Whether it is another kernel than the portable one also where no large tile is used. */
function differsInTile({ laneRows, depthShare }: MatmulVariant): boolean {
  return laneRows !== portable.matmul.laneRows || depthShare !== portable.matmul.depthShare
}

function inCheckedStorage(
  matrices: readonly Multiplied[],
): readonly (Multiplied & { readonly storage: CheckedStorage })[] {
  return matrices.map((matrix) => ({ ...matrix, storage: checkedStorage(matrix.storage) }))
}

function shapeOf({ ins, outs }: Product) {
  return { outs, in_eights: padded(ins) / 8, out_width: padded(outs), first_out: 0 }
}

function buffersOf({ input, matrix, output, bias }: Product) {
  return { input, matrix, output, bias }
}
