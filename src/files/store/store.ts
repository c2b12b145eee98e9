// The models stored in this browser. Each has a folder with the files' bytes, their journals, and a journal about the
// model: its source and the source's contents.
import type { StoredModel } from '../../api/model.ts'
import type { Listing } from '../remote_folder.ts'
import { nameOf, type AddressLocation, type HubLocation } from '../location.ts'
import { LongtabError } from '../../api/errors.ts'
import { sha256 } from '../sha256.ts'
import { heldBytes, readBlocks, type FileFolders } from './block_file.ts'
import { privateFolder, type Folder } from './folder.ts'
import { openJournal, readJournal } from './journal.ts'
import { exclusively } from './lock.ts'

export interface Entry {
  readonly id: string
  readonly writable: boolean
  readonly folders: FileFolders
  listing(): Listing | undefined
  /** whether a source without a listing holds a file; undefined if it was never asked */
  holds(name: string): boolean | undefined
  /** Adds a fact and writes it down where possible. */
  learn(fact: Fact): Promise<void>
}

type Fact = { readonly listing: Listing } | { readonly name: string; readonly there: boolean }
type Line = Fact | { readonly source: string; readonly revision: string | undefined }

export interface Store {
  /** undefined where nothing of it is stored and nothing may be written */
  entry(location: AddressLocation | HubLocation): Promise<Entry | undefined>
  list(): Promise<StoredModel[]>
  /** Throws LongtabError `bad-input` while another tab uses it. */
  remove(id: string): Promise<void>
}

const about = 'about'

/** The browser's own; undefined where it has none. */
export async function browserStore(): Promise<Store | undefined> {
  const root = await privateFolder('models')
  return root && openStore(root)
}

export function openStore(root: Folder): Store {
  return {
    async entry(location) {
      const id = await idOf(location)
      if (!root.writable && !(await root.folders()).includes(id)) return undefined
      return openEntry(await root.folder(id), id, location)
    },
    async list() {
      const models: StoredModel[] = []
      for (const id of await root.folders()) {
        const found = await describe(await root.folder(id), id)
        if (found !== undefined) models.push(found)
      }
      return models.sort((a, b) => a.source.localeCompare(b.source))
    },
    async remove(id) {
      try {
        await root.remove(id)
      } catch (cause) {
        throw new LongtabError(
          'bad-input',
          'this model cannot be deleted while a tab loads or reads with it; close the tab or wait, then delete it again',
          { cause },
        )
      }
    },
  }
}

/** The same id for the same location, with or without an access token. */
async function idOf(location: AddressLocation | HubLocation): Promise<string> {
  const named =
    location.kind === 'hub'
      ? [location.hub, location.repository, location.revision, location.folder]
      : [location.folder]
  return (await sha256(new TextEncoder().encode(JSON.stringify(named)))).slice(0, 32)
}

async function openEntry(
  folder: Folder,
  id: string,
  location: AddressLocation | HubLocation,
): Promise<Entry> {
  const lines = (await readJournal(folder, about)) as Line[]
  const there = new Map<string, boolean>()
  let listing: Listing | undefined
  const take = (line: Line): void => {
    if ('listing' in line) listing = line.listing
    else if ('there' in line) there.set(line.name, line.there)
  }
  lines.forEach(take)
  return {
    id,
    writable: folder.writable,
    folders: { files: await folder.folder('files'), blocks: await folder.folder('blocks') },
    listing: () => listing,
    holds: (name) => there.get(name),
    async learn(fact) {
      take(fact)
      if (!folder.writable) return
      await exclusively(`${id} about`, undefined, async () => {
        const journal = await openJournal(folder, about)
        if (journal.lines.length === 0) {
          const whole = nameOf({ ...location, file: undefined })
          journal.add({
            source: whole,
            revision: location.kind === 'hub' ? location.revision : undefined,
          })
        }
        journal.add(fact)
        journal.close()
      })
    },
  }
}

async function describe(folder: Folder, id: string): Promise<StoredModel | undefined> {
  const [head] = (await readJournal(folder, about)) as Line[]
  if (head === undefined || !('source' in head)) return undefined
  const folders = { files: await folder.folder('files'), blocks: await folder.folder('blocks') }
  const unfinished: string[] = []
  let bytes = 0
  for (const { name } of await folders.blocks.files()) {
    const blocks = await readBlocks(folders, name)
    bytes += heldBytes(blocks)
    if (!blocks.whole) unfinished.push(decodeURIComponent(name))
  }
  return { id, source: head.source, revision: head.revision, bytes, unfinished }
}
