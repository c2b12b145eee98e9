// What a pass takes of its tokens: their ids and, in models whose layers have inputs of their own, their rows of the table.
import { layerInputValues } from '../model/layer_input_weights.ts'
import { padded } from '../model/matrix.ts'
import type { Engine } from './engine.ts'

/**
 * Writes the tokens of the next pass, before which everything recorded must be submitted. Throws LongtabError as reading
 * the model's file does.
 */
export async function writeTokens(
  { gpu, plan, scratch, tokenRows }: Pick<Engine, 'gpu' | 'plan' | 'scratch' | 'tokenRows'>,
  ids: Uint32Array<ArrayBuffer>,
  signal?: AbortSignal,
): Promise<void> {
  const { queue } = gpu.device
  if (tokenRows) {
    const stride = padded(layerInputValues(plan.model))
    const rows = new Float32Array(ids.length * stride)
    await tokenRows.read(ids, rows, stride, signal)
    queue.writeBuffer(scratch.tokenRows, 0, rows)
  }
  queue.writeBuffer(scratch.ids, 0, ids)
}
