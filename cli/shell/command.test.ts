import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { command, RunError, UsageError } from './command.ts'
import { commandLine } from './command_line.ts'
import { whole } from './flag.ts'

beforeEach(() => {
  vi.spyOn(console, 'error').mockReturnValue()
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
})
afterEach(() => {
  process.exitCode = undefined
  vi.restoreAllMocks()
})

/** The exit code, and what stderr was told. */
async function ended(body: () => void): Promise<unknown[]> {
  await command('ask', async () => body())
  const told = vi.mocked(console.error).mock.calls as unknown[][]
  return [process.exitCode ?? 0, ...told.flat()]
}

const line = (...args: string[]) =>
  commandLine({ usage: 'ask', about: 'Asks.', flags: { port: whole(0, 'where') } }, args)

test('0 when done, also after help', async () => {
  expect(await ended(() => line('--port', '1'))).toEqual([0])
  expect(await ended(() => line('--help'))).toEqual([0])
})

test('1 when the work failed, in one line', async () => {
  const failed = () => {
    throw new RunError('the port is taken')
  }
  expect(await ended(failed)).toEqual([1, 'ask: the port is taken'])
})

test('2 when the command line was wrong, in one line', async () => {
  expect(await ended(() => line('--port', 'x'))).toEqual([
    2,
    "ask: --port must be a whole number of at least 0, not 'x'",
  ])
  const wrong = () => {
    throw new UsageError('name a file')
  }
  expect((await ended(wrong))[0]).toBe(2)
})

test('1 for a defect, with its stack', async () => {
  const defect = new Error('never')
  const failed = () => {
    throw defect
  }
  expect(await ended(failed)).toEqual([1, defect])
})
