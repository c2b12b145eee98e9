import { openAsBlob } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { overridesOf, settingFlags } from '../../../cli/models/setting_flags.ts'
import { commandLine } from '../../../cli/shell/command_line.ts'
import { resolveSettings } from '../../plan/settings.ts'
import { findHeads } from '../../model/find_heads.ts'
import { locate } from '../../model/locate.ts'
import { openSources } from '../../model/sources.ts'
import { planOf } from '../cost/fit.ts'
import { inspectModel } from '../../inspect/candidate.ts'
import { resolveFor, overridesFor } from './overrides.ts'

const folder = join(import.meta.dirname, '../../../public/models/default')
const files = await Promise.all(
  (await readdir(folder)).map(
    async (name) => new File([await openAsBlob(join(folder, name))], name),
  ),
)
const candidate = await inspectModel(files, {}, new AbortController().signal)

/** What the engine makes of what it is asked for. */
async function settingsOfEngine(overrides: ReturnType<typeof overridesFor>) {
  const sources = openSources(() => undefined)
  const opened = {
    files: sources.folder(locate(files)),
    description: candidate.description,
    sources,
  }
  const weights = () => Promise.reject(new Error('the heads are in the folder'))
  const { heads } = await findHeads({ ...opened, weights }, undefined, [])
  return resolveSettings(overrides, candidate.description, { heads })
}

/** What the command line asks the engine for. */
function overridesOfFlags(...args: readonly string[]) {
  const given = commandLine({ usage: '', about: '', flags: settingFlags }, args)
  return overridesOf(given)
}

test('page, command line and module read with the same settings, what the heads’ file says included', async () => {
  const byModule = await settingsOfEngine({})
  expect(byModule.policy.pool).toBe(2)
  const asked = overridesFor(candidate, {})
  expect(asked).toEqual({ policy: {}, storage: {} })
  expect(await settingsOfEngine(asked)).toEqual(byModule)
  expect(resolveFor(candidate, {})).toEqual(byModule)
  expect(await settingsOfEngine(overridesOfFlags())).toEqual(byModule)
})

test.each([
  [{ budget: 512, cache: 'f16' }, ['--budget', '512', '--cache', 'f16']],
  [{ policy: 'h2o', chunk: 100 }, ['--policy', 'h2o', '--chunk', '100']],
] as const)('page and command line lead to the same settings: %o', async (fields, flags) => {
  const byFlags = await settingsOfEngine(overridesOfFlags(...flags))
  expect(resolveFor(candidate, fields)).toEqual(byFlags)
  expect(byFlags).not.toEqual(await settingsOfEngine({}))
})

test('budgets by the shares of the heads’ file have a plan on the page too', () => {
  const { layers, kvHeads } = candidate.description
  const shares = Array.from({ length: layers }, () => Array.from({ length: kvHeads }, (_, i) => i))
  const heads = candidate.heads && { ...candidate.heads, shares, stabilizers: 0.0625 }
  const settings = resolveFor({ ...candidate, heads }, {})
  expect(settings.allocation).toBe('by-head')
  expect(settings.policy.stabilizers).toBe(Math.floor(settings.budget / 16))
  const choice = { candidate: { ...candidate, heads }, settings }
  const [even = [], ...others] = planOf(choice).budgets
  expect(others.every((heads) => heads.length === even.length)).toBe(true)
  expect(Math.max(...even)).toBeGreaterThan(Math.min(...even))
})

test('only what the user chose is asked for, and the page shows what it leads to', async () => {
  const asked = overridesFor(candidate, { budget: 512, keptShare: 0.5, weights: undefined })
  expect(asked).toEqual({ budget: 512, policy: {}, storage: {} }) // nothing merges, so the share has no field
  expect(resolveFor(candidate, { budget: 512 })).toEqual(await settingsOfEngine(asked))
})

test('heads that were removed are not found again', () => {
  const without = { ...candidate, heads: undefined }
  expect(overridesFor(without, {})).toEqual({ policy: { name: 'streaming' }, storage: {} })
  expect(resolveFor(without, {}).policy.name).toBe('streaming')
})

test('passages are read again where nobody chose, as far as there is room; the demonstration reads none', () => {
  const { description } = candidate
  const real = {
    ...candidate,
    card: undefined,
    description: { ...description, maxPositions: 8192 },
  }
  expect(overridesFor(candidate, {}).recall).toBeUndefined()
  expect(overridesFor(real, {}).recall).toBe('passages')
  expect(resolveFor(real, {}).reread).toBe(4)
  expect(overridesFor(real, { budget: 60, chunk: 60 }).recall).toBeUndefined()
  expect(overridesFor(real, { recall: 'none' }).recall).toBe('none')
  expect(() => resolveFor(real, { budget: 60, chunk: 60, recall: 'passages' })).toThrow(/raise/)
})
