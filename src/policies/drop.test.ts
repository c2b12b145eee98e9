// The dispatches of an eviction, with a recorder that only notes them.
import { expect, test } from 'vitest'
import { smallShape, randomModel } from '../../reference/random_model.ts'
import type { Engine } from '../forward/engine.ts'
import type { EvictingLayer } from '../forward/policy.ts'
import type { HeadEviction } from '../kernels/heads.ts'
import { attentionEverywhere } from '../model/layer_kinds.ts'
import { drop } from './drop.ts'

interface Noted {
  readonly kernel: string
  readonly heads: readonly HeadEviction[]
  readonly grid: readonly number[]
}

const head = { pinned: 0, occupied: 9, survivors: 5, first: 1, last: 1 }

/** Drops in every head of the layers; head h of a layer has slots from 10 h on, its scores begin at 1,024 · layer bytes. */
function dropIn(layers: number, kvHeads: number): Noted[] {
  const noted: Noted[] = []
  const { description } = randomModel(smallShape, 1)
  const model = { ...description, layers, kinds: attentionEverywhere(layers), kvHeads }
  const run = (kernel: string, { heads }: Pick<Noted, 'heads'>, _: unknown, grid: number[]) => {
    noted.push({ kernel, heads, grid })
  }
  const common = {
    recorder: { run },
    kernels: { select: 'select', listSurvivors: 'list', compact: 'compact' },
    scratch: {},
  }
  const settings = { storage: { cache: 'f32' } }
  const engine = { ...common, cache: {}, plan: { model } } as unknown as Engine
  const dropping = Array.from({ length: layers }, (_, layer) => ({
    layer: {
      ...common,
      model,
      settings,
      cache: { scores: { offset: 1024 * layer } },
    } as unknown as EvictingLayer,
    heads: Array.from({ length: kvHeads }, (_each, kvHead) => ({ ...head, offset: 10 * kvHead })),
  }))
  drop(engine, dropping)
  return noted
}

test('heads of all layers are chosen in one dispatch, where their scores are, and moved layer by layer', () => {
  const [select, list, ...moves] = dropIn(3, 2)
  const offsets = [0, 10, 256, 266, 512, 522]
  for (const [found, kernel] of [
    [select, 'select'],
    [list, 'list'],
  ] as const) {
    expect(found).toMatchObject({ kernel, grid: [6] })
    expect(found?.heads).toEqual(offsets.map((offset) => ({ ...head, offset })))
  }
  expect(moves.map(({ kernel, grid: [heads] }) => [kernel, heads])).toEqual(
    Array.from({ length: 3 }, () => ['compact', 2]),
  )
  for (const { heads } of moves) expect(heads.map(({ offset }) => offset)).toEqual([0, 10])
})

test('more heads than the uniform of some device takes are chosen in several', () => {
  const chosen = dropIn(100, 32).filter(({ kernel }) => kernel !== 'compact')
  expect(chosen.map(({ kernel, grid }) => [kernel, ...grid])).toEqual([
    ['select', 2048],
    ['list', 2048],
    ['select', 1152],
    ['list', 1152],
  ])
})
