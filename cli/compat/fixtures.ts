// The tiny checkpoints of fixtures/ and what their files say of them: what stands in the table of families is found here.
import { existsSync, openAsBlob } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { ModelDescription } from '../../src/api/description.ts'
import { blobFile } from '../../src/files/blob_file.ts'
import { describe, readDescription } from '../../src/model/config.ts'
import { isModelFile, modelEndings } from '../../src/model/format_names.ts'
import { ggufFiles } from '../../src/model/gguf/files.ts'
import { root } from '../build/paths.ts'

const fixtures = join(root, 'fixtures')

/** A checkpoint of random weights with what transformers computes on it. */
export interface FamilyFixture {
  readonly name: string
  readonly folder: string
  readonly description: ModelDescription
  /** the same weights as llama.cpp's converter writes them; undefined without */
  readonly gguf: GgufFixture | undefined
}

export interface GgufFixture {
  readonly path: string
  /** the family that it is read as */
  readonly family: string
  /** whether its metadata say all that the folder's config.json says */
  readonly isSame: boolean
}

export async function familyFixtures(): Promise<readonly FamilyFixture[]> {
  const names = (await readdir(join(fixtures, 'families'))).toSorted()
  return Promise.all(names.map(familyFixture))
}

async function familyFixture(name: string): Promise<FamilyFixture> {
  const folder = join(fixtures, 'families', name)
  const description = describe(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')), {})
  return { name, folder, description, gguf: await ggufFixture(name, description) }
}

async function ggufFixture(
  name: string,
  description: ModelDescription,
): Promise<GgufFixture | undefined> {
  const path = join(fixtures, 'gguf', `${name}${modelEndings}`)
  if (!existsSync(path)) return undefined
  const file = blobFile(await openAsBlob(path), basename(path), () => undefined)
  const read = await readDescription(ggufFiles(file))
  return { path, family: read.family, isSame: attendsAlike(read, description) }
}

/** Gemma's files lack its scale and which layers are local; llama.cpp takes those of the models that there are. */
function attendsAlike(one: ModelDescription, other: ModelDescription): boolean {
  const windows = ({ attention }: ModelDescription) => attention.map((own) => own?.window).join()
  const scales = one.attentionScale / other.attentionScale
  return Math.abs(scales - 1) < 1e-6 && windows(one) === windows(other)
}

/** The model in files, for `load`. */
export async function filesOf(path: string): Promise<File[]> {
  const paths = isModelFile(path) ? [path] : (await readdir(path)).map((name) => join(path, name))
  return Promise.all(paths.map(async (one) => new File([await openAsBlob(one)], basename(one))))
}

/** Tokenizers in GGUF of which all was made by another program: the ids of texts. */
export async function tokenizerNames(): Promise<readonly string[]> {
  const names = await readdir(join(fixtures, 'gguf_tokenizers'))
  return names.filter(isModelFile).map((name) => name.slice(0, -modelEndings.length))
}

/** Pre-tokenizers whose splits were made by two other programs. */
export async function splitNames(): Promise<readonly string[]> {
  const text = await readFile(join(fixtures, 'pre_tokenizers.json'), 'utf8')
  return Object.keys((JSON.parse(text) as { readonly splits: object }).splits)
}

/** Runs of a real model's golden; 0 where there is none. */
export async function goldenRuns(name: string): Promise<number> {
  const path = join(fixtures, 'real', `${name}.json`)
  if (!existsSync(path)) return 0
  const { runs } = JSON.parse(await readFile(path, 'utf8')) as { readonly runs: readonly unknown[] }
  return runs.length
}
