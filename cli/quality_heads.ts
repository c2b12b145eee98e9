// The retaining heads that come with Longtab, for a model on the disk: a quality run finds them as the page and the module do.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, readDescription } from '../src/model/config.ts'
import { ggufFiles } from '../src/model/gguf/files.ts'
import { knownHeadsFor, type KnownHeads } from '../src/model/known_heads.ts'
import { openCheckpoint, openSafetensors } from '../src/model/safetensors.ts'
import { ownHeadsList } from '../src/own_heads.ts'
import { diskFile } from './disk_file.ts'
import { root } from './fresh.ts'
import { isGguf } from './values.ts'

/** Paths, in public/heads. */
const onDisk: readonly KnownHeads<string>[] = ownHeadsList.map(
  ({ model, fingerprint, shape, name }) => ({
    model,
    fingerprint,
    shape,
    file: join(root, 'public/heads', name),
  }),
)

/**
 * The path of ours; undefined where there are none.
 * @param model a folder of one `model.safetensors`, or a .gguf file
 */
export async function headsOfOurs(
  model: string,
  known: readonly KnownHeads<string>[] = onDisk,
): Promise<string | undefined> {
  if (isGguf(model)) {
    const files = ggufFiles(diskFile(model))
    const weights = () => files.checkpoint?.() ?? openCheckpoint(files)
    const found = await knownHeadsFor(known, await readDescription(files), weights)
    return found?.file
  }
  const config = join(model, 'config.json')
  const weights = join(model, 'model.safetensors')
  if (!existsSync(config) || !existsSync(weights)) return undefined
  const description = describe(JSON.parse(await readFile(config, 'utf8')), {})
  const found = await knownHeadsFor(known, description, () => openSafetensors(diskFile(weights)))
  return found?.file
}
