// The engine held to the reference from a text to its answer, and to the bytes that were shown before.
import { expect } from 'vitest'
import { complete } from '../../reference/locret.ts'
import type { ReferenceModel } from '../../reference/model.ts'
import { retained } from '../../reference/prefill.ts'
import type { Engine } from '../forward/engine.ts'
import type { Gpu } from '../gpu/device.ts'
import type { Shares } from '../model/retaining_heads.ts'
import { estimateBytes } from '../plan/plan.ts'
import { farthest } from './farthest.ts'
import { ask, firstLogits, kept, read } from './small_engine.ts'

/** Retained units, first logits and the ids of an answer of so many tokens. */
export async function expectAnswer(
  engine: Engine,
  model: ReferenceModel,
  text: Uint32Array,
  length = 6,
): Promise<void> {
  const { document, ids, ...expected } = complete(model, text, engine.plan.settings, length)
  expect(document.margin).toBeGreaterThan(5e-7) // at a smaller margin rounding may decide differently
  const tail = await read(engine, text)
  expect(await kept(engine)).toEqual(retained(document))
  expect(farthest(await firstLogits(engine, tail), expected.firstLogits)).toBeLessThan(1e-3)
  expect((await ask(engine, tail, length)).slice(0, ids.length)).toEqual(ids)
}

/** Bytes of weights, cache and scratch. @param taps of the compressor */
export async function expectShownBytes(
  gpu: Gpu,
  open: () => Promise<Engine>,
  taps = 0,
  shares?: Shares,
): Promise<void> {
  const before = gpu.memory.live()
  const { model, settings, retainingWidth } = (await open()).plan
  const after = gpu.memory.live()
  const shown = estimateBytes(model, settings, retainingWidth, taps, shares)
  for (const kind of ['weights', 'cache', 'scratch'] as const) {
    expect(after[kind] - before[kind]).toBe(shown[kind])
  }
}
