import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RunError } from '../shell/command.ts'
import { startProcess } from './process.ts'

const script = `
const calls = {
  later: (ms, what) => new Promise((resolve) => setTimeout(resolve, ms, what)),
  fail: async () => { throw new Error('no such document') },
  crash: () => process.exit(3),
}
process.on('message', ({ id, name, given }) => {
  calls[name](...given).then(
    (result) => process.send({ id, result }),
    (error) => process.send({ id, error: error.stack }),
  )
})
`
let folder = ''
let file = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longtab-process-'))
  file = join(folder, 'child.mjs')
  await writeFile(file, script)
})
afterAll(() => rm(folder, { recursive: true }))

test('every call gets its own answer, and what JSON has no word for', async () => {
  const child = startProcess(file, 'an examiner')
  const slow = child.call('later', 50, { budget: Infinity })
  const quick = child.call('later', 0, 'quick')
  expect(await Promise.race([slow, quick])).toBe('quick')
  expect(await slow).toEqual({ budget: Infinity })
  await expect(child.call('fail')).rejects.toThrow('no such document')
  await child.end()
})

test('calls of a process that ends are told so, then and later', async () => {
  const child = startProcess(file, 'an examiner')
  const under = child.call('later', 60_000, 'never')
  const last = child.call('crash')
  await expect(under).rejects.toThrow(new RunError('an examiner ended with code 3'))
  await expect(last).rejects.toThrow(RunError)
  await expect(child.call('later', 0, 1)).rejects.toThrow('an examiner ended with code 3')
  await child.end()
})
