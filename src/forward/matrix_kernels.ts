// The kernels that multiply by weight matrices, compiled for the storages that a model's matrices have. Where weights stay as
// the file has them, a layer may have several.
import type { MatrixStorage } from '../api/settings.ts'
import { needs } from '../api/policies.ts'
import { compile, type CompiledOf } from '../gpu/kernel.ts'
import { embed } from '../kernels/embed.ts'
import { gatedMatvec } from '../kernels/gated_matvec.ts'
import { matmul, type TileSide } from '../kernels/matmul.ts'
import { matvec, rowLanes } from '../kernels/matvec.ts'
import { rmsNormMatvec } from '../kernels/rms_norm_matvec.ts'
import type { Section } from '../model/matrix.ts'
import { headStorage, layerSections, vocabularySections } from '../model/matrix_sections.ts'
import type { Plan } from '../plan/plan.ts'
import { qkvWidth } from './layer.ts'

/** `into` overwrites the output, `onto` adds to it. */
export type Target = 'into' | 'onto'

/** A matrix, as far as the kernels that multiply by it depend on it. */
export interface Multiplied {
  readonly storage: MatrixStorage
  /** values in a row */
  readonly ins: number
}

/** The matrices of a model by how they are multiplied. */
export interface Products {
  /** looked up by token */
  readonly embedding: readonly Multiplied[]
  /** several rows at once, or one that is not normed in the same kernel */
  readonly rows: Readonly<Record<Target, readonly Multiplied[]>>
  readonly token: Readonly<Record<Target, readonly Multiplied[]>>
  /** one row, normed in the same kernel */
  readonly normed: readonly Multiplied[]
  /** likewise, and gated */
  readonly gated: readonly Multiplied[]
}

export function productsOf(plan: Plan): Products {
  const { model, settings } = plan
  const { hidden, heads, headSize, feedForward, tensors } = model
  const { weights } = settings.storage
  const all = (sections: readonly Section[], ins: number): Multiplied[] =>
    sections.map(({ storage }) => ({ storage, ins }))
  const layers = tensors.layers.map((_, index) => layerSections(model, weights, index))
  const qkv = layers.flatMap((layer) => all(layer.qkv, hidden))
  const gateUp = layers.flatMap((layer) => all(layer.gateUp, hidden))
  const added = layers.flatMap(({ attentionOutput, down }) => [
    ...all(attentionOutput, heads * headSize),
    ...all(down, feedForward),
  ])
  const isPostNormed = tensors.layers.some(({ attentionPostNorm }) => attentionPostNorm)
  const hasHeads = needs(settings.policy.name, 'retaining heads')
  const into = [
    ...all(vocabularySections(model, weights, tensors.output), hidden),
    ...(hasHeads ? [{ storage: headStorage(weights), ins: qkvWidth(model) }] : []),
    ...(isPostNormed ? added : []),
  ]
  const onto = isPostNormed ? [] : added
  return {
    embedding: all(vocabularySections(model, weights, tensors.embedding), hidden),
    rows: { into: [...qkv, ...gateUp, ...into], onto },
    token: { into, onto },
    normed: [...qkv, ...gateUp],
    gated: gateUp,
  }
}

/** Kernels by what they are compiled for: the storage of their matrix, and the lanes of its rows where these differ. */
export type ByMatrix<K> = ReadonlyMap<string, K>

/** By storage, then by the side of the tile. The large one is left out where it is not needed: it takes long to compile. */
export type Matmuls = ByMatrix<{
  readonly 64: Compiled<typeof matmul>
  readonly 128?: Compiled<typeof matmul>
}>

/** By `variant`. */
export type Matvecs = ByMatrix<Compiled<typeof matvec>>

type Compiled<Declared> = CompiledOf<Declared[keyof Declared]>

export function compileMatmuls(
  device: GPUDevice,
  matrices: readonly Pick<Multiplied, 'storage'>[],
  target: Target,
  largest: TileSide,
): Promise<Matmuls> {
  return compileEach(matrices, storageOf, async ({ storage }) => {
    const of = (SIDE: TileSide) => compile(device, matmul[storage], { ADDS: adds(target), SIDE })
    const large = largest === 128 ? of(128) : undefined
    const [small, ifLarge] = await Promise.all([of(64), large])
    return { 64: small, ...(ifLarge && { 128: ifLarge }) }
  })
}

export function compileMatvecs(
  device: GPUDevice,
  matrices: readonly Multiplied[],
  target: Target,
): Promise<Matvecs> {
  return compileEach(matrices, variant, ({ storage, ins }) =>
    compile(device, matvec[storage], { ADDS: adds(target), ROW_LANES: rowLanes(ins, storage) }),
  )
}

/** By storage. */
export function compileEmbed(device: GPUDevice, matrices: readonly Multiplied[]) {
  return compileEach(matrices, storageOf, ({ storage }) => compile(device, embed[storage], {}))
}

/** By storage: the rows of all these matrices have one length. */
export function compileRmsNormMatvec(device: GPUDevice, matrices: readonly Multiplied[]) {
  return compileEach(matrices, storageOf, ({ storage, ins }) =>
    compile(device, rmsNormMatvec[storage], { ROW_LANES: rowLanes(ins, storage) }),
  )
}

/** By storage, likewise. */
export function compileGatedMatvec(
  device: GPUDevice,
  matrices: readonly Multiplied[],
  GELU: 0 | 1,
) {
  return compileEach(matrices, storageOf, ({ storage, ins }) =>
    compile(device, gatedMatvec[storage], { ROW_LANES: rowLanes(ins, storage), GELU }),
  )
}

/** Storage and ROW_LANES of the matvec for a matrix. */
export function variant({ storage, ins }: Multiplied): string {
  return `${storage} by ${rowLanes(ins, storage)} lanes`
}

export function kernelFor<K>(kernels: ByMatrix<K>, key: string): K {
  const kernel = kernels.get(key)
  if (kernel === undefined) throw new Error(`no kernel was compiled for a matrix in ${key}`)
  return kernel
}

function storageOf({ storage }: Pick<Multiplied, 'storage'>): MatrixStorage {
  return storage
}

function adds(target: Target): 0 | 1 {
  return target === 'onto' ? 1 : 0
}

/** One kernel for all matrices of a key. */
async function compileEach<M, K>(
  matrices: readonly M[],
  keyOf: (matrix: M) => string,
  compileFor: (matrix: M) => Promise<K>,
): Promise<ByMatrix<K>> {
  const byKey = new Map(matrices.map((matrix) => [keyOf(matrix), matrix]))
  const compiling = [...byKey].map(
    async ([key, matrix]) => [key, await compileFor(matrix)] as const,
  )
  return new Map(await Promise.all(compiling))
}
