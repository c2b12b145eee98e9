// An engine with a small random model: set-up of the engine's tests.
import { headsFile, modelFiles } from '../../reference/model_files.ts'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { headsOf } from '../forward/cache.ts'
import { decode } from '../reading/decode.ts'
import { clearCache, type Engine } from '../forward/engine.ts'
import { loadEngine } from '../reading/load.ts'
import { prefill } from '../reading/prefill.ts'
import { readRetained } from '../reading/retained.ts'
import type { PolicyName } from '../api/policies.ts'
import type { PolicySettings, Settings, StorageSettings } from '../api/settings.ts'
import type { Gpu } from '../gpu/device.ts'
import { readBuffer } from '../gpu/readback.ts'

export const model = randomModel(smallShape, 7)

export const tokens = Uint32Array.from({ length: 460 }, (_, i) => (i * 7919 + (i >> 3) * 31) % 256)

export const usual: Settings = {
  budget: 60,
  burst: 0,
  chunk: 40,
  tail: 24,
  local: 30,
  positions: 'slot',
  allocation: 'even',
  recall: 'none',
  policy: { name: 'locret', stabilizers: 12, sinks: 0 },
  storage: { weights: 'f32', cache: 'f32' },
}

/** The usual settings but for those that were chosen. */
export function usualBut(overrides: UsualOverrides): Settings {
  const { policy = {}, storage } = overrides
  const chosen = typeof policy === 'string' ? { name: policy } : policy
  return {
    ...usual,
    ...overrides,
    policy: { ...usual.policy, ...chosen },
    storage: { ...usual.storage, ...storage },
  }
}

/** Settings that a test chooses over the usual ones. */
export interface UsualOverrides extends Partial<Omit<Settings, 'policy' | 'storage'>> {
  readonly policy?: PolicyName | Partial<PolicySettings>
  readonly storage?: Partial<StorageSettings>
}

/**
 * @param compressor a file, for policies that merge
 * @param heads the heads' file
 */
export async function open(
  gpu: Gpu,
  settings: UsualOverrides,
  compressor?: Blob,
  other = model,
  heads = headsFile(other, 'F32'),
): Promise<Engine> {
  const { engine } = await loadEngine(gpu, modelFiles(other, 'F32'), {
    overrides: usualBut(settings),
    heads,
    compressor,
    onProgress: () => undefined,
    signal: undefined,
  })
  return engine
}

/** Clears the cache and reads the parts, one after the other. @returns the tail held out */
export async function read(
  engine: Engine,
  ...parts: readonly (Uint32Array | (() => Promise<void>))[]
): Promise<Uint32Array> {
  clearCache(engine)
  async function* pieces() {
    for (const part of parts) {
      if (typeof part === 'function') await part()
      else yield await Promise.resolve(part)
    }
  }
  return prefill(engine, pieces(), {
    held: engine.plan.settings.local,
    signal: undefined,
    onBlock: () => undefined,
    onChunk: () => undefined,
  })
}

/** The greedy answer. */
export async function ask(engine: Engine, tail: Uint32Array, maxTokens: number): Promise<number[]> {
  const ids: number[] = []
  const sampling = { temperature: 0, topK: 0, topP: 1, seed: 0 }
  for await (const id of decode(engine, tail, { maxTokens, sampling, signal: undefined })) {
    ids.push(id)
  }
  return ids
}

/** (vocabulary) */
export async function firstLogits(engine: Engine, tail: Uint32Array): Promise<Float32Array> {
  await ask(engine, tail, 1)
  const bytes = 4 * smallShape.vocabulary
  return new Float32Array(await readBuffer(engine.gpu.device, engine.scratch.logits, 0, bytes))
}

/** [layer][KV head] → prompt indices held */
export async function kept(engine: Engine): Promise<number[][][]> {
  return (await readRetained(engine)).map((layer) => layer.map((indices) => [...indices]))
}

/** Free slots behind the document, in the KV head that has fewest. */
export function roomOf({ cache }: Engine): number {
  return Math.min(...headsOf(cache).map(({ capacity, occupied }) => capacity - occupied))
}
