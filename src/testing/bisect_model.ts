// The part of `npm run bisect` in the tab: loads a model into the engine and the reference, and reads a text through
// both.
import { assemble, type Tensors } from '../../reference/weights.ts'
import type { SettingOverrides } from '../api/settings.ts'
import { openGpu } from '../gpu/device.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import { findHeads } from '../model/find_heads.ts'
import { loadEngine, withModel } from '../reading/load.ts'
import { openTexts } from '../reading/texts.ts'
import { findParting, type Parting } from './bisect.ts'

/** @param model URL of a folder or .gguf file */
export async function bisectModel(
  model: string,
  text: string,
  settings: SettingOverrides,
  allowed: number,
): Promise<{ readonly tokens: number; readonly parting: Parting | undefined }> {
  const gpu = await openGpu(navigator.gpu)
  const silent = () => undefined
  const reference = await withModel(gpu, model, silent, undefined, async (opened) => {
    const weights = () => Promise.resolve(opened.checkpoint)
    const { heads } = await findHeads({ ...opened, weights }, undefined, [])
    const ofHeads = heads && (await allTensors(heads.checkpoint))
    const assembled = assemble(opened.description, await allTensors(opened.checkpoint), ofHeads)
    return heads?.shares ? { ...assembled, shares: heads.shares } : assembled
  })
  const storage = { weights: 'f32', cache: 'f32' } as const // as in the reference
  const overrides = { ...settings, storage }
  const options = { overrides, heads: undefined, onProgress: silent, signal: undefined }
  const { engine, files } = await loadEngine(gpu, model, options)
  const { tokenizer } = await openTexts(files, undefined)
  const ids = Uint32Array.from(tokenizer.encode(text, 'data', 'start'))
  const parting = await findParting(engine, reference, ids, allowed)
  gpu.close()
  return { tokens: ids.length, parting }
}

async function allTensors(checkpoint: Checkpoint): Promise<Tensors> {
  const tensors = new Map<string, Float32Array>()
  for (const { name, shape } of checkpoint.tensors.values()) {
    const values = new Float32Array(shape.reduce((product, axis) => product * axis, 1))
    const width = shape.at(-1) ?? 1
    for await (const slice of checkpoint.rows(name)) values.set(slice.values, slice.first * width)
    tensors.set(name, values)
  }
  return tensors
}
