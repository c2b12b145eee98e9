import { expect, test } from 'vitest'
import { RunError } from '../shell/command.ts'
import type { Pass, PlannedDocument } from './plan.ts'
import { noteOnSharing, runShares, sharesOf, ShortOfMemory } from './workers.ts'

function pass(label: string, prompts: readonly string[]): Pass {
  const documents = prompts.map(
    (prompt) => ({ key: `${label}/${prompt}`, prompt: { exam: { prompt } } }) as PlannedDocument,
  )
  return { label, budget: 8, settings: {}, files: {}, documents }
}

const passes = [pass('full', ['a', 'b', 'c']), pass('random', ['a', 'b', 'c']), pass('tova', ['b'])]
const keys = (share: readonly Pass[]) =>
  share.flatMap(({ documents }) => documents.map(({ key }) => key))

test('a document stays with one worker, and every one has its worker', () => {
  const shares = sharesOf(passes, 2)
  expect(shares.map(keys)).toEqual([
    ['full/a', 'full/c', 'random/a', 'random/c'],
    ['full/b', 'random/b', 'tova/b'],
  ])
  expect(shares[0]!.map(({ label }) => label)).toEqual(['full', 'random']) // no pass over nothing
  expect(sharesOf(passes, 9)).toHaveLength(3)
  expect(sharesOf(passes, 1).map(keys)).toEqual([keys(passes)])
})

test('a worker short of memory stops alone, and the last is told of the one that is left', async () => {
  const shares = sharesOf(passes, 3)
  const said: string[] = []
  const done: string[] = []
  const refuse = async (share: readonly Pass[]) => {
    await Promise.resolve()
    if (keys(share).includes('full/a')) done.push(...keys(share))
    else throw new ShortOfMemory('full: no memory')
  }
  expect(await runShares(shares, refuse, (sentence) => said.push(sentence))).toBe(1)
  expect(done).toEqual(['full/a', 'random/a'])
  expect(said.at(-1)).toBe(
    'one of 3 workers could not have its memory (full: no memory); 1 will do its documents',
  )
  const none = runShares(
    shares,
    () => Promise.reject(new ShortOfMemory('none')),
    () => undefined,
  )
  expect(await none).toBe(1)
})

test('one worker alone fails, and another failure stops all of them', async () => {
  const alone = runShares(
    sharesOf(passes, 1),
    () => Promise.reject(new ShortOfMemory('too little')),
    () => undefined,
  )
  await expect(alone).rejects.toThrow('too little')
  let isTold = false
  const work = async (share: readonly Pass[], isStopped: () => boolean) => {
    if (keys(share).includes('full/b')) throw new RunError('lost')
    while (!isStopped()) await new Promise((resolve) => setTimeout(resolve, 1))
    isTold = true
  }
  await expect(runShares(sharesOf(passes, 2), work, () => undefined)).rejects.toThrow('lost')
  expect(isTold).toBe(true)
})

test('the report says how many engines shared the device', () => {
  expect(noteOnSharing(1)).toEqual([])
  expect(noteOnSharing(3)).toEqual([expect.stringMatching(/^3 engines shared the device/)])
})
