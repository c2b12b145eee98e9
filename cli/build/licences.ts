// The licences of what is bundled, in one file beside it. Vite writes those of a build's packages. The service worker is a
// build of its own, and the character maps of PDFs have another licence than the package that they come in.
import { appendFile, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './paths.ts'

export const licencesFile = 'licenses.md'

/** Adds the licences of another build in the same folder, and removes their own file. */
export async function joinLicences(folder: string, other: string): Promise<void> {
  const path = join(folder, other)
  const text = await readFile(path, 'utf8')
  await add(folder, text.slice(text.indexOf('## ')))
  await rm(path)
}

/** Adds Adobe's licence of the character maps. */
export async function addCharacterMapsLicence(folder: string): Promise<void> {
  const text = await readFile(join(root, 'node_modules/pdfjs-dist/cmaps/LICENSE'), 'utf8')
  await add(folder, `## character maps in pdfjs-dist (BSD-3-Clause)\n\n${text}`)
}

function add(folder: string, section: string): Promise<void> {
  return appendFile(join(folder, licencesFile), `\n${section.trim()}\n`)
}
