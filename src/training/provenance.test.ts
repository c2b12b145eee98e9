// The cards of the heads that come with Longtab against the files: what they are, and how they were trained.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { blobFile } from '../files/blob_file.ts'
import { openSafetensors } from '../model/safetensors/checkpoint.ts'
import { ownHeadsList } from '../own_heads.ts'

const folder = new URL('../../public/heads/', import.meta.url)
const cards = await readFile(new URL('README.md', folder), 'utf8')
const names = (await readdir(folder)).filter((name) => name.endsWith('.safetensors'))

test('every file has a card, and every card a file', () => {
  expect(names.toSorted()).toEqual(ownHeadsList.map(({ name }) => name).toSorted())
})

test.each(ownHeadsList)('$name is the file of its card', async ({ name, width, fingerprint }) => {
  const content = await readFile(new URL(name, folder))
  const [sha256, seed] = cellsOf('SHA-256', name)
  expect(createHash('sha256').update(content).digest('hex')).toBe(sha256?.replaceAll('`', ''))

  const file = blobFile(new Blob([content]), name, () => undefined)
  const { metadata } = await openSafetensors(file)
  expect(metadata.model).toBe(fingerprint)
  const training: unknown = JSON.parse(metadata.training!)
  const [size = '', epochs] = cellsOf('texts × tokens', name)
  const [texts, tokens] = size.split(' × ').map(Number)
  expect(training).toMatchObject({
    ...{ texts, tokens, epochs: Number(epochs), seed: Number(seed), width },
    ...{ answers: 0.3, inputs: 'standardised', smoothing: 0, rate: 1e-3 },
  })
  expect(cards, 'its command').toContain(`--learn ${texts} --tokens ${tokens} --epochs ${epochs}`)
})

/** The cells behind a file's name, in the table with this column. */
function cellsOf(column: string, name: string): string[] {
  const table = cards.slice(cards.lastIndexOf('\n\n', cards.indexOf(`| ${column}`)) + 2)
  const row = table.split('\n').find((line) => line.includes(`\`${name}\``)) ?? ''
  return row
    .slice(row.indexOf(name) + name.length + 1)
    .split('|')
    .map((cell) => cell.trim())
    .slice(1)
}
