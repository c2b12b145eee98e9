// The parts of an Office archive: a part's relations name the others by ids, one says what the file is called.
import { elementsOf } from './xml_elements.ts'
import type { Zip } from './zip.ts'

/** Ids of a part's relations → paths in the archive. */
export async function relationsOf(zip: Zip, part: string): Promise<ReadonlyMap<string, string>> {
  const slash = part.lastIndexOf('/') + 1
  const folder = part.slice(0, slash)
  const path = `${folder}_rels/${part.slice(slash)}.rels`
  const found = new Map<string, string>()
  for (const { attributes } of await elementsOf(zip, path, ['Relationship'])) {
    const { Id = '', Target = '', TargetMode = '' } = attributes
    if (TargetMode !== 'External') found.set(Id, pathOf(folder, Target))
  }
  return found
}

function pathOf(folder: string, target: string): string {
  if (target.startsWith('/')) return target.slice(1)
  const steps = folder.split('/').slice(0, -1)
  for (const step of target.split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '.') steps.push(step)
  }
  return steps.join('/')
}

/** What Office writes as the title of a file. */
export async function titleOf(zip: Zip): Promise<string | undefined> {
  const [title] = await elementsOf(zip, 'docProps/core.xml', ['dc:title'])
  return title?.text.trim() || undefined
}
