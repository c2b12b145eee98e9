import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { diskFolder } from '../../cli/models/disk_folder.ts'
import { matmulVariants } from '../kernels/variants.ts'
import { choiceKey, keptIn, type Choice } from './kept_choice.ts'
import type { LayerMatrix } from './own_products.ts'
import { tokenStep, type Steps } from './steps.ts'

const adapter = { vendor: 'acme', architecture: 'one', device: '', description: 'Acme 1' }
const matrices: readonly LayerMatrix[] = [{ storage: 'q4', ins: 896, outs: 9728, buffers: [] }]
const steps: Steps = {
  matvec: tokenStep,
  matmul: {
    name: 'many tokens',
    variants: matmulVariants,
    rows: 512,
    compile: () => Promise.reject(new Error('nothing is compiled here')),
  },
}
const key = choiceKey(adapter, matrices, steps)

it('keeps a choice apart from those of other GPUs and other shapes', () => {
  const others = [
    choiceKey({ ...adapter, description: 'Acme 2' }, matrices, steps),
    choiceKey(adapter, [{ ...matrices[0]!, storage: 'q8' }], steps),
    choiceKey(adapter, [{ ...matrices[0]!, outs: 9729 }], steps),
    choiceKey(adapter, matrices, { ...steps, matmul: { ...steps.matmul, rows: 256 } }),
    choiceKey(adapter, matrices, {
      ...steps,
      matmul: { ...steps.matmul, variants: matmulVariants.slice(1) },
    }),
    choiceKey(undefined, matrices, steps),
  ]
  expect(new Set([key, ...others]).size).toBe(7)
  expect(choiceKey({ ...adapter }, matrices, steps)).toBe(key)
})

it('keeps nothing where there are no files', async () => {
  const choices = keptIn(undefined)
  await choices.keep(key, { steps: [], dropped: [] })
  expect(await choices.find(key)).toBeUndefined()
})

const choice = (name: string): Choice => ({
  steps: [{ step: 'one token', runs: name, timed: [{ variant: 'portable', ratio: 1 }] }],
  dropped: [],
})

it('keeps the latest choice of each key, and survives a damaged file', async () => {
  const disk = await mkdtemp(join(tmpdir(), 'choices-'))
  try {
    const choices = keptIn(await diskFolder(disk))
    expect(await choices.find(key)).toBeUndefined()
    await choices.keep(key, choice('portable'))
    await choices.keep('another', choice('portable'))
    await choices.keep(key, choice('four times the lanes'))
    expect(await keptIn(await diskFolder(disk)).find(key)).toEqual(choice('four times the lanes'))
    await writeFile(join(disk, 'choices'), 'no journal\n')
    expect(await choices.find(key)).toBeUndefined()
    await choices.keep(key, choice('portable'))
  } finally {
    await rm(disk, { recursive: true })
  }
})
