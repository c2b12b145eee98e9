// A model's folder: small texts by name, large files with random access. Served from a URL or picked by the user.
import { LongtabError } from '../api/errors.ts'
import type { ByteFile } from './byte_file.ts'
import type { AddressLocation, HubLocation } from './location.ts'
import { refuseStandIn } from './stand_in.ts'

export interface FolderFiles {
  /** for messages: the folder's location */
  readonly folder: string
  /** whether the folder holds the file */
  has(name: string, signal?: AbortSignal): Promise<boolean>
  /** The names of its files, of those in its folders with their paths; undefined where the server has no listing. */
  names(signal?: AbortSignal): Promise<readonly string[] | undefined>
  /** A small file as text. Throws LongtabError when it is missing, cut or not UTF-8. */
  text(name: string, signal?: AbortSignal): Promise<string>
  /** A file to read piecewise. No request is sent before its first read. */
  file(name: string): ByteFile
}

/** What errors about a folder advise. The formats of weights are known above: src/model/folder_advice.ts. */
export interface FolderAdvice {
  /** what a model's folder holds */
  readonly contents: string
  /** what to name instead of a folder at this location with these files, which is no model's */
  among(files: readonly string[], location: AddressLocation | HubLocation): string
}

/** A JSON file of the folder. Throws LongtabError `bad-file` when it does not parse. */
export async function readJson(
  files: FolderFiles,
  name: string,
  signal?: AbortSignal,
): Promise<unknown> {
  return parseJson(await files.text(name, signal), name)
}

export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new LongtabError(
      'bad-file',
      `${name} is cut or not JSON (${text.length.toLocaleString('en-US')} characters); fetch the file again`,
      { cause },
    )
  }
}

/** The text of a UTF-8 file. Throws LongtabError `bad-file`, also for what stands in for it. */
export function decodeText(bytes: Uint8Array, name: string): string {
  refuseStandIn(bytes, name)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new LongtabError('bad-file', `${name} is not UTF-8 text; fetch the file again`, { cause })
  }
}
