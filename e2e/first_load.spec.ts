// What the browser fetches before anything is asked of the page: no parser of documents, and no more bytes than before.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'playwright/test'
import { dist } from '../cli/build/paths.ts'
import { test } from './fixtures.ts'

/** Bytes of scripts and styles, not compressed: 392,900 now. */
const mostBytes = 395_000

/** Bytes of what `import 'longtab'` fetches, and of its worker, not minified: 477,100 and 1,647,100 now. */
const mostOfModule = { 'longtab.js': 490_000, 'worker.js': 1_700_000 }

test('the first load has its bytes bounded and no parser in it; licences of all parsers are there', async ({
  built: _,
}) => {
  const page = await readFile(join(dist, 'index.html'), 'utf8')
  const files = Array.from(
    page.matchAll(/(?:src|href)="(\.\/assets\/[^"]+)"/g),
    ([, file = '']) => file,
  )
  expect(files.map((file) => file.replace(/^.*\/|-[\w-]{8}\./g, '.')).join(' ')).not.toMatch(
    /pdf|docx|epub|xml|html|mail|csv|open_document|tell_format/,
  )
  const contents = await Promise.all(files.map((file) => readFile(join(dist, file))))
  const bytes = contents.reduce((sum, { length }) => sum + length, 0)
  expect(bytes).toBeGreaterThan(100_000)
  expect(bytes).toBeLessThan(mostBytes)
  for (const content of contents)
    for (const sign of ['pdfjsWorker', 'word/document.xml', 'WEBVTT'])
      expect(content.includes(sign)).toBe(false)

  const licences = await readFile(join(dist, 'licenses.md'), 'utf8')
  const packages = ['pdfjs-dist', 'mammoth', 'linkedom', '@mozilla/readability', 'htmlparser2']
  for (const name of [...packages, 'papaparse', 'postal-mime', 'fflate', 'jszip'])
    expect(licences).toContain(`## ${name} - `)
})

test('what the module fetches first has its bytes bounded', async ({ built: _ }) => {
  for (const [file, most] of Object.entries(mostOfModule)) {
    const bytes = await importedBytes(file)
    expect(bytes, file).toBeGreaterThan(100_000)
    expect(bytes, file).toBeLessThan(most)
  }
})

/** Of a file of the module and all that it imports, but for what it imports later. */
async function importedBytes(file: string): Promise<number> {
  const found = new Map<string, number>()
  const visit = async (name: string): Promise<void> => {
    if (found.has(name)) return
    const text = await readFile(join(dist, 'module', name), 'utf8')
    found.set(name, Buffer.byteLength(text))
    for (const [, next = ''] of text.matchAll(/^(?:import|export) .*"\.\/([^"]+\.js)";$/gm))
      await visit(next)
  }
  await visit(file)
  return [...found.values()].reduce((sum, bytes) => sum + bytes, 0)
}
