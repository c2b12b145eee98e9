// One step of training (Locret §3.3, `data_gen.py` and `train.py`). The frozen model reads a context and the replies to
// it. In every layer the heads' scores of the context are compared with the attention that the replies gave it, and the
// heads take a step. Gradients do not flow through the model, so a layer is trained as soon as its forward pass is done.
import { readBuffer } from '../gpu/readback.ts'
import { attentionLayers } from '../model/layer_kinds.ts'
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
 * Trains every layer's head on one document. A loss that is not finite makes the weights not finite: return to a
 * checkpoint. @param step counted from 0
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
  // Drain the queue first: on device loss `mapAsync` rejects before `device.lost` resolves, and the error would be
  // misreported.
  await engine.pace.finish(recorder.submit)
  return readLoss(trainer)
}

/** Measures without learning: for each layer of attention the mean over KV heads of the top-10 % overlap. */
export async function judge(trainer: Trainer, sample: TrainingSample): Promise<Float32Array> {
  const { engine, buffers } = trainer
  const { model } = engine.plan
  const tokens = sample.context.length
  const layers = attentionLayers(model)
  const overlaps = new Float32Array(layers.length)
  await forwardLayers(trainer, sample, async (layer) => {
    engine.recorder.submit()
    const { scores: own, heads } = buffers.layerCache
    const [scores, labels] = await Promise.all([
      readBuffer(engine.gpu.device, own.buffer, own.offset, own.size),
      readBuffer(engine.gpu.device, buffers.labels),
    ])
    for (const { offset } of heads) {
      const of = (all: ArrayBuffer) => new Float32Array(all, 4 * offset, tokens)
      const overlap = topOverlap(of(scores), of(labels))
      const i = layers.indexOf(layer)
      overlaps[i] = (overlaps[i] ?? 0) + overlap / model.kvHeads
    }
  })
  await engine.pace.finish(engine.recorder.submit)
  return overlaps
}
