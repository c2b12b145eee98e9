// The part of `npm run bisect` in the tab: loads a model into the engine and the reference, and reads a text through
// both.
import type { ReferenceModel } from '../../reference/model.ts'
import { assemble, type Tensors } from '../../reference/weights.ts'
import type { SettingOverrides } from '../api/settings.ts'
import type { Engine } from '../forward/engine.ts'
import { openGpu } from '../gpu/device.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import { findHeads } from '../model/find_heads.ts'
import { loadEngine } from '../reading/load.ts'
import { withModel } from '../reading/open_model.ts'
import { distance, findParting, logitsWith, type Parting } from './bisect.ts'

export interface Bisected {
  readonly tokens: number
  readonly parting: Parting | undefined
  /** distance of the last token's logits from those of the CPU alone: all steps on the GPU, and with the chosen ones on the CPU */
  readonly logits: { readonly onGpu: number; readonly mixed: number } | undefined
}

/**
 * @param model URL of a folder or .gguf file
 * @param onCpu parts of steps' names, e.g. `layer 3: attend` or `evict`; with any, logits are compared instead of steps
 */
export async function bisectModel(
  model: string,
  text: string,
  settings: SettingOverrides,
  allowed: number,
  onCpu: readonly string[],
): Promise<Bisected> {
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
  const { engine, texts } = await loadEngine(gpu, model, options)
  const { tokenizer } = texts
  const ids = Uint32Array.from(tokenizer.encode(text, 'data', 'start'))
  const bisected =
    onCpu.length === 0
      ? { parting: await findParting(engine, reference, ids, allowed), logits: undefined }
      : { parting: undefined, logits: await distances(engine, reference, ids, onCpu) }
  gpu.close()
  return { tokens: ids.length, ...bisected }
}

async function distances(
  engine: Engine,
  model: ReferenceModel,
  ids: Uint32Array,
  onCpu: readonly string[],
): Promise<Bisected['logits']> {
  const logits = (isOnCpu: (step: string) => boolean) => logitsWith(engine, model, ids, isOnCpu)
  const steps = new Set<string>()
  const right = await logits((step) => steps.add(step).has(step))
  const unknown = onCpu.find((part) => ![...steps].some((step) => step.includes(part)))
  if (unknown !== undefined)
    throw new Error(`no step has '${unknown}' in its name; they are ${[...steps].join(', ')}`)
  const mixed = await logits((step) => onCpu.some((part) => step.includes(part)))
  return { onGpu: distance(await logits(() => false), right), mixed: distance(mixed, right) }
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
