// One step of training (Locret §3.3, `data_gen.py` and `train.py`): the frozen model reads a context and the replies to
// it; in every layer the heads' scores of the context are held against the attention the replies gave it, and the heads
// take a step. No gradient passes through the model, so a layer is trained as soon as its forward pass is done.
import { readBuffer } from '../gpu/readback.ts'
import { headOf } from './head.ts'
import { readLoss, recordBackward, recordLoss, type HeadsLoss } from './learn.ts'
import { topOverlap } from './overlap.ts'
import { forwardLayers } from './passes.ts'
import type { TrainingSample } from './sample.ts'
import { rateFactor } from './schedule.ts'
import { optimizer } from './settings.ts'
import { updateTrained } from './trained_matrix.ts'
import type { Trainer } from './trainer.ts'

/**
 * Trains every layer's head on one document. @param step counted from 0
 * A loss that is not finite leaves weights that are not either: go back to a checkpoint.
 */
export async function trainStep(
  trainer: Trainer,
  sample: TrainingSample,
  step: number,
): Promise<HeadsLoss> {
  const { engine, kernels, buffers, settings } = trainer
  const { recorder } = engine
  const rate = settings.rate * rateFactor(step, settings)
  await forwardLayers(trainer, sample, async (layer, context) => {
    recordLoss(trainer, layer, sample.context.length)
    for (const rows of context) {
      recordBackward(trainer, layer, rows)
      await engine.pace.layerDone(recorder.submit)
    }
    const { fc1, fc2 } = headOf(buffers.heads, layer)
    for (const matrix of [fc1, fc2]) {
      updateTrained(recorder, kernels.adamw, matrix, { ...optimizer, rate }, step + 1)
    }
  })
  // first this, as a mapping that a lost device breaks off fails before the loss of the device is known
  await engine.pace.finish(recorder.submit)
  return readLoss(trainer)
}

/** Scores against labels, nothing learned: for each layer the mean over KV heads of the top-10 % overlap. */
export async function judge(trainer: Trainer, sample: TrainingSample): Promise<Float32Array> {
  const { engine, buffers } = trainer
  const { model } = engine.plan
  const tokens = sample.context.length
  const overlaps = new Float32Array(model.layers)
  await forwardLayers(trainer, sample, async (layer) => {
    engine.recorder.submit()
    const { scores: buffer, heads } = buffers.layerCache
    const [scores, labels] = await Promise.all([
      readBuffer(engine.gpu.device, buffer),
      readBuffer(engine.gpu.device, buffers.labels),
    ])
    for (const { offset } of heads) {
      const of = (all: ArrayBuffer) => new Float32Array(all, 4 * offset, tokens)
      const overlap = topOverlap(of(scores), of(labels))
      overlaps[layer] = (overlaps[layer] ?? 0) + overlap / model.kvHeads
    }
  })
  await engine.pace.finish(engine.recorder.submit)
  return overlaps
}
