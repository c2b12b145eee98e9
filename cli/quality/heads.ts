// The retaining heads that come with Longtab, for a model on disk. A quality run finds them as the page and the module
// do.
import type { KnownHeads } from '../../src/api/model.ts'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readDescription } from '../../src/model/config.ts'
import type { ModelFiles } from '../../src/model/model_files.ts'
import { knownHeadsFor } from '../../src/model/known_heads.ts'
import { openCheckpoint } from '../../src/model/open_checkpoint.ts'
import { modelOpener } from '../../src/model/open_model_file.ts'
import { ownHeadsList } from '../../src/own_heads.ts'
import { diskFile } from '../models/disk_file.ts'
import { dist } from '../build/paths.ts'

/** Paths in the build's output; a folder copied to another machine has no others. */
const onDisk: readonly KnownHeads<string>[] = ownHeadsList.map(({ name, ...own }) => ({
  ...own,
  file: join(dist, 'heads', name),
}))

/**
 * The path of our heads; undefined where there are none.
 * @param model a folder or a .gguf file
 */
export async function headsOfOurs(
  model: string,
  known: readonly KnownHeads<string>[] = onDisk,
): Promise<string | undefined> {
  const files = modelOpener(model)?.(diskFile(model)) ?? folderFiles(model)
  if (!(await files.has('config.json'))) return undefined
  const weights = () => openCheckpoint(files)
  return (await knownHeadsFor(known, await readDescription(files), weights))?.file
}

function folderFiles(folder: string): ModelFiles {
  return {
    folder,
    has: (name) => Promise.resolve(existsSync(join(folder, name))),
    names: () => readdir(folder),
    text: (name) => readFile(join(folder, name), 'utf8'),
    file: (name) => diskFile(join(folder, name)),
  }
}
