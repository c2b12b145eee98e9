import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../build/paths.ts'
import type { ErrorCode } from '../../src/api/errors.ts'
import { complaintsAbout } from './docblocks.ts'

/** The type makes this complete: a new or removed code is a compile error here. */
const codes = Object.keys({
  'no-webgpu': true,
  'device-lost': true,
  'gpu-error': true,
  'bad-numbers': true,
  'out-of-memory': true,
  'does-not-fit': true,
  'unsupported-model': true,
  'bad-file': true,
  'other-model': true,
  'bad-setting': true,
  'bad-input': true,
  'needs-password': true,
  diverged: true,
  network: true,
  'no-access': true,
  'storage-full': true,
  'worker-failed': true,
  closed: true,
  aborted: true,
  internal: true,
} satisfies Record<ErrorCode, true>)

test('the guide lists every code', async () => {
  const guide = await readFile(join(root, 'docs/guide/module.md'), 'utf8')
  const listed = Array.from(guide.matchAll(/^\| `([a-z-]+)` +\| /gm), ([, code = '']) => code)
  expect(codes.filter((code) => !listed.includes(code))).toEqual([])
})

test('every public name has its sentence, every option its default, every function its codes', () => {
  expect(complaintsAbout(join(root, 'src/index.ts'), codes)).toEqual([])
}, 120_000)

test('so have those in the shape of OpenAI’s client', () => {
  expect(complaintsAbout(join(root, 'src/openai/index.ts'), codes)).toEqual([])
}, 120_000)

const lacking = `/** How long. */
interface Base {
  /** Steps to make. */
  readonly steps: number
}
/** How it is done. */
export interface DoOptions extends Partial<Base> {
  /** not a sentence */
  readonly fast?: boolean
  /** How many times. Default: 1. */
  readonly times?: number
}
/** What came of it. */
export interface Done {
  readonly bytes: number
  /** Its second part. */
  readonly second: { readonly part?: string }
  /** Undoes it. */
  undo(): void
}
/**
 * Does it.
 * @throws LongtabError \`bad-inptu\` or \`network\`.
 */
export function load(): void {}
/**
 * Does it again.
 * @throws Nothing.
 */
export function again(): void {}
export const limit = 3
function notExported(): void {}
`

test('says what is lacking, and where', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'longtab-docblocks-'))
  const file = join(folder, 'lacking.ts')
  await writeFile(file, lacking)
  const complaints = complaintsAbout(file, codes)
  await rm(folder, { recursive: true })
  const noDefault = 'no default, and not said when it is `undefined`'
  expect(complaints.map((line) => line.replace(/^.*lacking\.ts:/, '')).sort()).toEqual(
    [
      `4 steps: ${noDefault}`,
      '9 fast: no sentence',
      `9 fast: ${noDefault}`,
      '15 bytes: no sentence',
      '17 part: no sentence',
      `17 part: ${noDefault}`,
      '19 undo: no @throws with a code, and not `@throws Nothing`',
      '25 load: there is no error code bad-inptu',
      '25 load: no @example',
      '31 limit: no sentence',
    ].sort(),
  )
}, 120_000)
