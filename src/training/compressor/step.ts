// One step of a compressor's training, by reconstruction of the attention's output, layer by layer. The frozen model
// reads a document with the full cache. Then every layer reads it again, from the same q, k and v, through the compressed
// cache. The loss compares both attention outputs. The official training (`train.py` of VITA-Group/LoCoCo) minimises the
// next-token loss instead, with gradients through the model; this loss needs none. As there, a merged slot learns only
// from the tokens of the chunk after it.
import { evict } from '../../reading/evict.ts'
import { embedTokens, layerOf } from '../../forward/forward.ts'
import { alone, rowsFrom, type Layer, type Pass } from '../../forward/layer.ts'
import { isLocalLayer } from '../../plan/local.ts'
import { attend, projectQkv, runLayer, scoreUnits } from '../../forward/run_layer.ts'
import { readBuffer } from '../../gpu/readback.ts'
import { rateFactor } from '../schedule.ts'
import { unbounded, updateTrained } from '../trained_matrix.ts'
import type { DocumentBlock, TrainedConvolution } from './buffers.ts'
import { mergedIn, recordAttendBackward, recordMergeBackward, recordOutputLoss } from './learn.ts'
import type { CompressorTrainer } from './trainer.ts'

/** Mean over layers of Σ difference² ÷ Σ target²: the share of the attention's output that is lost. */
export type CompressorLoss = Readonly<Record<'lost', number>>

/** Trains every layer's convolution on one document. @param step counted from 0 */
export async function trainCompressorStep(
  trainer: CompressorTrainer,
  document: Uint32Array,
  step: number,
): Promise<CompressorLoss> {
  const { engine, kernels, settings } = trainer
  const rate = settings.rate * rateFactor(step, settings)
  const options = { rate, weightDecay: 0, clip: unbounded }
  await readDocument(trainer, document, true, (layer) => {
    const { weights, bias, lambda } = convolutionOf(trainer, layer)
    const { recorder } = engine
    updateTrained(recorder, kernels.adamw, weights, options, step + 1)
    updateTrained(recorder, kernels.adamw, bias, options, step + 1)
    updateTrained(recorder, kernels.adamw, lambda, { ...options, least: 0, most: 1 }, step + 1)
  })
  const lost = await lostShares(trainer)
  const trained = lost.filter((_, layer) => !isLocalLayer(engine.plan, layer))
  return { lost: trained.reduce((sum, share) => sum + share, 0) / Math.max(1, trained.length) }
}

/**
 * Measures without learning. @returns (layers): the share of the attention's output that is lost; 0 where nothing merges
 */
export async function judgeCompressor(
  trainer: CompressorTrainer,
  document: Uint32Array,
): Promise<Float32Array> {
  await readDocument(trainer, document, false, () => undefined)
  return lostShares(trainer)
}

/** A block's tokens and their position in the chunk. */
interface BlockRows extends Pick<Pass, 'count' | 'before' | 'after'> {
  readonly ids: Uint32Array
  readonly firstToken: number
  readonly block: DocumentBlock
}

/**
 * The forward pass, one layer after the other over all blocks, each followed by a reading through the compressed cache.
 */
async function readDocument(
  trainer: CompressorTrainer,
  document: Uint32Array,
  learns: boolean,
  layerDone: (layer: number) => void,
): Promise<void> {
  const { engine, buffers } = trainer
  const { recorder, pace, gpu, plan } = engine
  const { losses } = buffers.backward
  gpu.device.queue.writeBuffer(losses, 0, new Float32Array(losses.size / 4))
  const blocks = blockRows(trainer, document)
  for (const { ids, block, count } of blocks) {
    gpu.device.queue.writeBuffer(engine.scratch.ids, 0, ids.slice())
    embedTokens({ ...engine, scratch: { ...engine.scratch, residual: block.residual } }, count)
    recorder.submit() // before the next block's ids overwrite these
  }
  const { layers } = plan.model
  for (let layer = 0; layer < layers; layer++) {
    const run = layer === layers - 1 ? targetLayer : runLayer
    for (const rows of blocks) {
      run(fullLayer(trainer, layer, rows))
      await pace.layerDone(recorder.submit)
    }
    if (!isLocalLayer(plan, layer)) await readCompressed(trainer, layer, blocks, learns)
    layerDone(layer)
  }
  await pace.finish(recorder.submit)
}

/** The last layer, up to its attention output: its contribution to the residual stream is never read. */
function targetLayer(layer: Layer): void {
  projectQkv(layer)
  attend(layer)
}

function blockRows({ engine, buffers, settings }: CompressorTrainer, document: Uint32Array) {
  const { block: size } = engine.plan
  const rows: BlockRows[] = []
  for (let chunk = 0; chunk < document.length; chunk += settings.chunk) {
    const ids = document.subarray(chunk, chunk + settings.chunk)
    for (let before = 0; before < ids.length; before += size) {
      const block = buffers.blocks[rows.length]
      if (!block) throw new Error('a document needs more blocks than were allocated')
      const part = ids.subarray(before, before + size)
      const count = part.length
      const after = ids.length - before - count
      rows.push({ ids: part, count, before, after, firstToken: chunk + before, block })
    }
  }
  return rows
}

/** A layer over the full cache. It leaves q, k, v and attention's output for the loss. */
function fullLayer({ engine }: CompressorTrainer, index: number, rows: BlockRows): Layer {
  const { count, firstToken, block } = rows
  const { residual, qkv, targets } = block
  const layer = layerOf(engine, index, alone(count))
  return {
    ...layer,
    rows: { count, heads: rowsFrom(layer.cache, firstToken), firstOrigin: firstToken },
    scratch: { ...layer.scratch, residual, qkv, attended: targets },
  }
}

/** One layer chunk by chunk through the compressed cache, evicted as in reading. */
async function readCompressed(
  trainer: CompressorTrainer,
  index: number,
  blocks: readonly BlockRows[],
  learns: boolean,
): Promise<void> {
  const { reading, merging } = trainer
  const { recorder, pace, plan } = reading
  const { burst, policy } = plan.settings
  const [budget = 0] = plan.budgets[index] ?? [] // the same for all KV heads: readingSettings
  const cache = reading.cache.layers[index]
  if (!cache) throw new Error(`there is no layer ${index}`)
  for (const head of cache.heads) Object.assign(head, { occupied: 0, merged: { first: 0, end: 0 } })
  let others = 0 // slots merged in the last eviction
  for (const { count, before, after, firstToken, block } of blocks) {
    const pass = { count, before, after, opens: false, scored: true }
    const plain = layerOf(reading, index, pass)
    const layer: Layer = {
      ...plain,
      rows: { ...plain.rows, firstOrigin: firstToken },
      scratch: { ...plain.scratch, qkv: block.qkv },
    }
    attend(layer)
    scoreUnits(layer)
    if (mergedIn(cache).end > 0) {
      recordOutputLoss(trainer, layer, block.targets)
      if (learns) recordAttendBackward(trainer, layer, before > 0)
    }
    for (const head of cache.heads) head.occupied += count
    if (after === 0) {
      if (learns && mergedIn(cache).end > 0) {
        recordMergeBackward(trainer, convolutionOf(trainer, index), others)
      }
      const [{ occupied } = { occupied: 0 }] = cache.heads
      if (occupied > budget + burst) {
        others = occupied - (budget - merging.merged)
        const shrinking = { pinned: 0, survivors: budget, stabilizers: policy.stabilizers }
        evict(reading, (layer) => (layer === index ? shrinking : undefined))
      }
    }
    await pace.layerDone(recorder.submit)
  }
}

function convolutionOf({ buffers }: CompressorTrainer, layer: number): TrainedConvolution {
  const convolution = buffers.convolutions[layer]
  if (!convolution) throw new Error(`there is no convolution for layer ${layer}`)
  return convolution
}

async function lostShares({ engine, buffers }: CompressorTrainer): Promise<Float32Array> {
  const { layers, kvHeads } = engine.plan.model
  const parts = new Float32Array(await readBuffer(engine.gpu.device, buffers.backward.losses))
  return Float32Array.from({ length: layers }, (_, layer) => {
    let [difference, size] = [0, 0]
    for (let i = layer * kvHeads; i < (layer + 1) * kvHeads; i++) {
      difference += parts[2 * i] ?? NaN
      size += parts[2 * i + 1] ?? NaN
    }
    return size === 0 ? 0 : difference / size
  })
}
