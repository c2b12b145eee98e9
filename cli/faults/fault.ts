// A fault that was mended once, kept as a patch that puts it back. Lines before the patch say what it does and which test must
// then fail.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../build/paths.ts'

export interface Fault {
  readonly name: string
  /** of the patch, which `git apply` takes with the lines before it */
  readonly path: string
  /** what is wrong with it in place, in one sentence */
  readonly what: string
  /** path of the test file that notices, from the repository's root */
  readonly test: string
  /** part of the full name of the test that must fail */
  readonly fails: string
}

const folder = join(root, 'faults')
const ending = '.patch'

/** Every fault, by name. */
export async function allFaults(): Promise<Fault[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(ending)).sort()
  return Promise.all(
    files.map(async (file) => {
      const path = join(folder, file)
      return faultOf(file.slice(0, -ending.length), path, await readFile(path, 'utf8'))
    }),
  )
}

function faultOf(name: string, path: string, patch: string): Fault {
  const said = (field: string): string => {
    const value = new RegExp(`^${field}: (.+)$`, 'm').exec(patch)?.[1]
    if (value === undefined) throw new Error(`faults/${name}${ending} has no line ${field}: …`)
    return value
  }
  return { name, path, what: said('Fault'), test: said('Test'), fails: said('Fails') }
}
