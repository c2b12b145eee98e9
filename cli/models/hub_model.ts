// Models and heads by their name on the Hugging Face Hub, for commands. They are downloaded through the browser's store
// code into this user's cache folder, and served to the tab from there.
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Progress } from '../../src/api/progress.ts'
import type { ModelDescription } from '../../src/api/description.ts'
import { requireFittingTokenizer } from '../../src/reading/embedded_ids.ts'
import { createMeter } from '../../src/reading/meter.ts'
import { openTexts } from '../../src/reading/texts.ts'
import { nameOf, type HubLocation, type ModelLocation } from '../../src/files/location.ts'
import { folderAdvice } from '../../src/model/folder_advice.ts'
import { fileOf } from '../../src/model/quantization.ts'
import { locate, locateFile } from '../../src/model/locate.ts'
import { openSources } from '../../src/model/sources.ts'
import { findHeads, locateHeads, type LocatedHeads } from '../../src/model/find_heads.ts'
import { requireTrainedFor } from '../../src/model/fingerprint.ts'
import { readDescription } from '../../src/model/config.ts'
import { checkTensors } from '../../src/model/required_tensors.ts'
import { openCheckpoint } from '../../src/model/open_checkpoint.ts'
import { ownHeads } from '../../src/own_heads.ts'
import { keptFolder, type KeptFile } from '../../src/files/store/kept_folder.ts'
import { openStore } from '../../src/files/store/store.ts'
import { diskFolder } from './disk_folder.ts'
import { dist } from '../build/paths.ts'
import { parseRange, type Handler, type Mounts } from '../site/serve.ts'

/** The Hub's address and token, from environment and command line. */
export interface HubAccess {
  readonly revision?: string
  readonly token?: string
  readonly hub?: string
}

/** The folder that downloads are kept in. */
export function hubCache(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'longtab', 'models')
}

/** Environment variables as in Hugging Face's own tools. */
export function accessFromEnvironment(revision: string | undefined): HubAccess {
  const { HF_TOKEN: token, HF_ENDPOINT: hub } = process.env
  return {
    ...(revision === undefined ? {} : { revision }),
    ...(token === undefined || token === '' ? {} : { token }),
    ...(hub === undefined || hub === '' ? {} : { hub }),
  }
}

/** Whether the source names something on the Hub; files on disk with the same name come first. */
export function isHubName(source: string): boolean {
  if (existsSync(source) || /^[./]/.test(source)) return false
  return hubLocation(source, {}) !== undefined
}

function hubLocation(source: string, access: HubAccess): HubLocation | undefined {
  const location = locate(source, access, 'http://none/')
  return location.kind === 'hub' ? location : undefined
}

export interface HubModel {
  /** files for the tab, under `/hub/` */
  readonly mounts: Mounts
  /** path under the site; undefined where it is not on the Hub. A quantization's file is known once it is brought. */
  readonly model: string | undefined
  readonly heads: string | undefined
  /**
   * Downloads missing files. Throws LongtabError.
   * @param merges whether the model's own compressor is needed, if it has one
   * @param allow may reject a model before its download, by its shape and the width of its heads
   */
  bring(
    merges: boolean,
    allow: (model: ModelDescription, headsWidth: number | undefined) => Promise<void>,
    onProgress: (progress: Progress) => void,
  ): Promise<void>
  /** names and commits of model and heads, which identify their contents */
  versions(): Promise<readonly string[]>
}

/** Sends no request to the Hub yet. */
export function hubModel(
  model: string,
  heads: string | undefined,
  access: HubAccess,
  cache = hubCache(),
): HubModel {
  const store = async () => openStore(await diskFolder(cache))
  const modelLocation = isHubName(model) ? hubLocation(model, access) : undefined
  const headsLocation =
    heads !== undefined && isHubName(heads) ? fileOnHub(heads, access) : undefined
  const folder = modelLocation && keptFolder(modelLocation, ignore, store, folderAdvice)
  const headsFile = headsLocation && keptFolder(headsLocation, ignore, store, folderAdvice)
  let modelFile = modelLocation?.file
  return {
    mounts: {
      ...(folder && {
        '/hub/model/': served((name) => folder.file(name), '/hub/model/', folder.folder),
      }),
      ...(headsFile && {
        '/hub/heads/': served((name) => headsFile.file(name), '/hub/heads/', headsFile.folder),
      }),
    },
    get model() {
      return folder && `hub/model/${modelFile ?? ''}`
    },
    heads: headsLocation && `hub/heads/${headsLocation.file ?? ''}`,
    async bring(merges, allow, onProgress) {
      const sources = openSources(ignore, store)
      try {
        const nothing = { weights: 0, cache: 0, scratch: 0, peak: 0 }
        const meter = createMeter('download', { memory: { live: () => nothing } }, onProgress)
        if (modelLocation === undefined) {
          if (headsLocation) await sources.file(headsLocation, 'the heads file').size()
          await sources.fetch(meter)
          return
        }
        const files = sources.folder(modelLocation)
        const description = await readDescription(files)
        modelFile ??= fileOf((await folder?.names()) ?? [], modelLocation.tag, model)
        const checkpoint = await openCheckpoint(files)
        checkTensors(description, checkpoint)
        const local = heads !== undefined && headsLocation === undefined // the tab checks local heads
        const opened = { files, description, weights: async () => checkpoint, sources }
        const found = local ? undefined : await findHeads(opened, headsLocation, knownHeads())
        const width = found?.heads?.hidden
        const compressor = 'compressor.safetensors'
        if (merges && (await files.has(compressor))) files.file(compressor) // opening it makes `fetch` download it
        if ((await sources.missing()) > 0) await allow(description, width)
        if (found?.heads && found.origin.from !== 'known') {
          const { heads } = found
          await requireTrainedFor(description, checkpoint, heads.checkpoint, heads.name)
        }
        const { tokenizer, chat } = await openTexts(files, undefined)
        requireFittingTokenizer(tokenizer, chat, description.vocabulary)
        await sources.fetch(meter)
      } finally {
        sources.close()
      }
    },
    async versions() {
      const locations = [modelLocation, headsLocation].filter((location) => location !== undefined)
      const opened = await store()
      return Promise.all(
        locations.map(async (location) => {
          const entry = await opened.entry(location)
          return `${nameOf(location)}@${entry?.listing()?.commit ?? 'unknown'}`
        }),
      )
    },
  }
}

/** The heads that come with the module in dist/. */
function knownHeads(): LocatedHeads[] {
  const module = pathToFileURL(join(dist, 'module/longtab.js')).href
  return locateHeads(ownHeads(module))
}

function fileOnHub(source: string, access: HubAccess): HubLocation | undefined {
  const location: ModelLocation | Blob = locateFile(source, access)
  return !(location instanceof Blob) && location.kind === 'hub' ? location : undefined
}

function ignore(): void {
  // the tab counts the bytes itself
}

/**
 * Serves complete files, with each block checked when it is read; others are not found.
 * @param repository for messages
 */
function served(file: (name: string) => KeptFile, under: string, repository: string): Handler {
  const handler: Handler = async ({ method, url = '', headers }, response) => {
    const name = decodeURIComponent((url.split('?')[0] ?? '').slice(under.length))
    const found = file(name)
    const size = (await found.stored()) ? await found.size() : undefined
    if (size === undefined) {
      response.writeHead(404).end()
      return
    }
    const range = parseRange(headers.range, size)
    if (range === 'beyond') {
      response.writeHead(416).end()
      return
    }
    const { first, last } = range ?? { first: 0, last: size - 1 }
    response.writeHead(range ? 206 : 200, {
      'content-type': 'application/octet-stream',
      'content-length': last - first + 1,
      ...(range && { 'content-range': `bytes ${first}-${last}/${size}` }),
    })
    if (method === 'HEAD') response.end()
    else await pipeline(Readable.from(copies(found.read(first, last + 1))), response)
  }
  return Object.assign(handler, { typed: `${repository}:` })
}

/** Copies the pieces, since a connection keeps them longer than they are valid. */
async function* copies(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield piece.slice()
}
