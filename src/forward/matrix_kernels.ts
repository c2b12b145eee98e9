// The kernels that multiply by weight matrices, compiled for the storages that a model's matrices have. Where weights stay as
// the file has them, a layer may have several.
import type { MatrixStorage } from '../api/settings.ts'
import { needs } from '../api/policies.ts'
import { compile, type CompiledOf } from '../gpu/kernel.ts'
import { isSoftware } from '../gpu/software.ts'
import { embed } from '../kernels/embed.ts'
import { gatedMatmul } from '../kernels/gated_matmul.ts'
import { gatedMatvec } from '../kernels/gated_matvec.ts'
import { matmul, matmulGrid, matmulSide, tileConstants } from '../kernels/matmul.ts'
import { matvec, rowLanes } from '../kernels/matvec.ts'
import { rmsNormMatvec } from '../kernels/rms_norm_matvec.ts'
import type { MatmulVariant, MatvecVariant, TileSide } from '../kernels/variants.ts'
import { deltaWidths } from '../model/delta_net_shape.ts'
import { isWhole, type Section } from '../model/matrix.ts'
import { projectionSections } from '../model/layer_input_weights.ts'
import { inLayer } from '../model/layer_shape.ts'
import { headStorage, layerSections, vocabularySections } from '../model/matrix_sections.ts'
import { widestOuts, type Plan } from '../plan/plan.ts'
import { awaitAll } from './compiler.ts'
import { qkvWidth } from './layer.ts'
import { fewTokens } from '../kernels/few_tokens.ts'

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
  /** several rows at once, not gated in the same kernel */
  readonly rows: Readonly<Record<Target, readonly Multiplied[]>>
  readonly token: Readonly<Record<Target, readonly Multiplied[]>>
  /** one row, normed in the same kernel */
  readonly normed: readonly Multiplied[]
  /** one row, normed and gated in the same kernel, or several, gated in the same kernel */
  readonly gated: readonly Multiplied[]
}

export function productsOf(plan: Plan): Products {
  const { model, settings } = plan
  const { hidden, tensors, layerInputWidth = 0 } = model
  const { weights } = settings.storage
  const all = (sections: readonly Section[], ins: number): Multiplied[] =>
    sections.map(({ storage }) => ({ storage, ins }))
  const layers = tensors.layers.map((_, index) => layerSections(model, weights, index))
  const operators = layers.flatMap(({ qkv, attentionGate, gates, mixed }) =>
    all([...qkv, ...attentionGate, ...gates, ...mixed], hidden),
  )
  const gateUp = layers.map((layer) => layer.gateUp)
  const isNormed = tensors.layers.some(({ attentionNorm }) => attentionNorm) // before their halves, in all or in none
  const gated = gateUp.flatMap((sections) =>
    isNormed && sections.length === 1 ? all(sections, hidden) : [],
  )
  const split = gateUp.flatMap((sections) =>
    isNormed && isWhole(sections, hidden) ? [] : all(sections, hidden),
  )
  const projected = [...operators, ...split]
  const values = model.deltaNet ? deltaWidths(model.deltaNet).values : 0
  const added = layers.flatMap((sections, index) => {
    const { heads, headSize, feedForward } = inLayer(model, index)
    return [
      ...all(sections.attentionOutput, heads * headSize),
      ...all(sections.convolutionOutput, hidden),
      ...all(sections.deltaOutput, values),
      ...all(sections.down, feedForward),
    ]
  })
  const ofInputs = layers.flatMap(({ inputGate, inputOutput }) => [
    ...all(inputGate, hidden),
    ...all(inputOutput, layerInputWidth),
  ])
  const isPostNormed = tensors.layers.some(({ attentionPostNorm }) => attentionPostNorm)
  const hasHeads = needs(settings.policy.name, 'retaining heads')
  const into = [
    ...all(vocabularySections(model, weights, tensors.output), hidden),
    ...(hasHeads ? [{ storage: headStorage(weights), ins: qkvWidth(model) }] : []),
    ...(isPostNormed ? added : []),
    ...all(projectionSections(model, weights), hidden),
    ...ofInputs,
  ]
  const onto = isPostNormed ? [] : added
  return {
    embedding: all(vocabularySections(model, weights, tensors.embedding), hidden),
    rows: { into: [...projected, ...into], onto },
    token: { into: isNormed ? into : [...projected, ...into], onto },
    normed: isNormed ? projected : [],
    gated,
  }
}

/** Kernels by storage, then by the values in a row, of the matrices that they multiply by. */
export type ByMatrix<K> = ReadonlyMap<MatrixStorage, ReadonlyMap<number, K>>

type CompiledFor<Declared> = CompiledOf<Declared[keyof Declared]>

/** By the side of the tile. The large one is left out where it is not needed, as it takes long to compile. */
export interface Tiled<K> {
  readonly 64: K
  readonly 128?: K
}

export type Matmul = Tiled<CompiledFor<typeof matmul>>

/** A matvec kernel, and how many lanes share four rows of its matrix. */
interface WithLanes<Declared> {
  readonly kernel: CompiledFor<Declared>
  readonly lanes: number
}

/** The kernels that multiply by matrices in the decode step, of one token or of a few at once. */
export interface Matvecs {
  readonly matvecInto: ByMatrix<WithLanes<typeof matvec>>
  readonly matvecOnto: ByMatrix<WithLanes<typeof matvec>>
  readonly rmsNormMatvec: ByMatrix<WithLanes<typeof rmsNormMatvec>>
  readonly gatedMatvec: ByMatrix<WithLanes<typeof gatedMatvec>>
}

/** Of the model's matmuls. */
export function largestTile(plan: Plan): TileSide {
  return matmulSide(widestOuts(plan), plan.longestBlock)
}

/** Tokens that the matvec kernels are compiled for. */
export type MatvecTokens = 1 | typeof fewTokens

export function compileMatmuls(
  device: GPUDevice,
  matrices: readonly Multiplied[],
  target: Target,
  largest: TileSide,
  variant: MatmulVariant,
): Promise<ByMatrix<Matmul>> {
  return compileEach(matrices, ({ storage }) =>
    withTiles(largest, variant, (tile) =>
      compile(device, matmul[storage], { ADDS: adds(target), ...tile }),
    ),
  )
}

export function compileGatedMatmuls(
  device: GPUDevice,
  matrices: readonly Multiplied[],
  GELU: 0 | 1,
  largest: TileSide,
  variant: MatmulVariant,
) {
  return compileEach(matrices, ({ storage }) =>
    withTiles(largest, variant, (tile) => compile(device, gatedMatmul[storage], { ...tile, GELU })),
  )
}

export function compileMatvec(
  device: GPUDevice,
  matrices: readonly Multiplied[],
  target: Target,
  TOKENS: MatvecTokens,
  variant: MatvecVariant,
): Promise<Matvecs['matvecInto']> {
  return compileEach(matrices, (matrix) =>
    withLanes(device, matrix, variant, (ROW_LANES) =>
      compile(device, matvec[matrix.storage], { ADDS: adds(target), ROW_LANES, TOKENS }),
    ),
  )
}

export function compileMatvecs(
  device: GPUDevice,
  { token, normed, gated }: Products,
  GELU: 0 | 1,
  TOKENS: MatvecTokens,
  variant: MatvecVariant,
): Promise<Matvecs> {
  const compileFor = <K>(
    matrices: readonly Multiplied[],
    compileWith: (storage: MatrixStorage, ROW_LANES: number) => Promise<K>,
  ) =>
    compileEach(matrices, (matrix) =>
      withLanes(device, matrix, variant, (lanes) => compileWith(matrix.storage, lanes)),
    )
  return awaitAll({
    matvecInto: compileMatvec(device, token.into, 'into', TOKENS, variant),
    matvecOnto: compileMatvec(device, token.onto, 'onto', TOKENS, variant),
    rmsNormMatvec: compileFor(normed, (storage, ROW_LANES) =>
      compile(device, rmsNormMatvec[storage], { ROW_LANES, TOKENS }),
    ),
    gatedMatvec: compileFor(gated, (storage, ROW_LANES) =>
      compile(device, gatedMatvec[storage], { ROW_LANES, TOKENS, GELU }),
    ),
  })
}

export function compileEmbed(device: GPUDevice, matrices: readonly Multiplied[]) {
  return compileEach(matrices, ({ storage }) => compile(device, embed[storage], {}))
}

export function kernelFor<K>(kernels: ByMatrix<K>, { storage, ins }: Multiplied): K {
  const kernel = kernels.get(storage)?.get(ins)
  if (kernel === undefined)
    throw new Error(`no kernel was compiled for rows of ${ins} in ${storage}`)
  return kernel
}

/** The kernel whose tile suits a product of this many outputs and rows, and its grid. */
export function tileFor<K>(
  tiled: Tiled<K>,
  outs: number,
  rows: number,
): { readonly kernel: K; readonly grid: ReturnType<typeof matmulGrid> } {
  const large = matmulSide(outs, rows) === 128 ? tiled[128] : undefined
  return { kernel: large ?? tiled[64], grid: matmulGrid(outs, rows, large ? 128 : 64) }
}

function adds(target: Target): 0 | 1 {
  return target === 'onto' ? 1 : 0
}

async function withTiles<K>(
  largest: TileSide,
  variant: MatmulVariant,
  compileWith: (tile: ReturnType<typeof tileConstants>) => Promise<K>,
): Promise<Tiled<K>> {
  const side = (SIDE: TileSide) => compileWith(tileConstants(SIDE, variant))
  const large = Math.min(largest, variant.largest) === 128 ? side(128) : undefined
  const [small, ifLarge] = await Promise.all([side(64), large])
  return { 64: small, ...(ifLarge && { 128: ifLarge }) }
}

async function withLanes<K>(
  { adapterInfo }: GPUDevice,
  { storage, ins }: Multiplied,
  variant: MatvecVariant,
  compileWith: (lanes: number) => Promise<K>,
): Promise<{ kernel: K; lanes: number }> {
  const lanes = rowLanes(ins, storage, isSoftware(adapterInfo), variant)
  return { kernel: await compileWith(lanes), lanes }
}

/** The same code is compiled once, however many matrices it serves (`compile`). */
async function compileEach<K>(
  matrices: readonly Multiplied[],
  compileFor: (matrix: Multiplied) => Promise<K>,
): Promise<ByMatrix<K>> {
  const byStorage = new Map<MatrixStorage, Map<number, K>>()
  const differing = new Map(matrices.map((matrix) => [`${matrix.storage} ${matrix.ins}`, matrix]))
  await Promise.all(
    [...differing.values()].map(async (matrix) => {
      const { storage, ins } = matrix
      const kernel = await compileFor(matrix)
      const byWidth = byStorage.get(storage) ?? new Map<number, K>()
      byStorage.set(storage, byWidth.set(ins, kernel))
    }),
  )
  return byStorage
}
