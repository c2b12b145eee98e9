// Safetensors files as a Checkpoint: one file, or shards with an index.
import type { ModelFiles } from '../model_files.ts'
import { LongtabError, throwIfAborted } from '../../api/errors.ts'
import { shown } from '../../api/shown.ts'
import type { ByteFile } from '../../files/byte_file.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { readJson } from '../../files/folder_files.ts'
import { orStandIn } from '../../files/stand_in.ts'
import { listed } from '../listed.ts'
import { shardsOf } from '../shards.ts'
import { byPlainName } from '../tensor_prefix.ts'
import { headerLength, lengthBytes, parseHeader, type SafetensorsTensor } from './header.ts'
import { isReadable, readRows, readRowsAt } from '../float_rows.ts'

export interface SafetensorsCheckpoint extends Checkpoint {
  /** `__metadata__`; of shards, all of theirs together */
  readonly metadata: Readonly<Record<string, string>>
}

interface Shard {
  readonly file: ByteFile
  readonly tensors: readonly SafetensorsTensor[]
  readonly metadata: Readonly<Record<string, string>>
}

const single = 'model.safetensors'
const index = 'model.safetensors.index.json'

/** Where the weights are in a model's folder: in either. */
export const weightsNames: readonly string[] = [single, index]

/**
 * The checkpoint in a model's folder. Reads the headers only.
 * Throws LongtabError `bad-file` when files are missing, cut or inconsistent, `network` and `aborted` as files do.
 */
export async function openFolder(
  files: ModelFiles,
  signal?: AbortSignal,
): Promise<SafetensorsCheckpoint | undefined> {
  if (await files.has(single, signal)) return openSafetensors(files.file(single), signal)
  if (await files.has(index, signal)) {
    const homes = readIndex(await readJson(files, index, signal))
    await requireShards(files, [...new Set(homes.values())].sort(), signal)
    return openShards(files, homes, signal)
  }
  return openUnindexed(files, signal)
}

/** Shards without their index: whole where all are there, as their names count them. */
async function openUnindexed(
  files: ModelFiles,
  signal?: AbortSignal,
): Promise<SafetensorsCheckpoint | undefined> {
  const names = (await files.names(signal)) ?? []
  const shards = names.filter((name) => name.endsWith('.safetensors')).flatMap(shardsIfAny)[0]
  if (shards === undefined) return undefined
  await requireShards(files, shards, signal)
  const opened: Shard[] = []
  for (const name of shards) {
    const shard = await openShard(files.file(name), signal)
    shard.file.close()
    opened.push(shard)
  }
  return checkpointOf(opened)
}

function shardsIfAny(name: string): (readonly string[])[] {
  const shards = shardsOf(name)
  return shards === undefined ? [] : [shards]
}

/** Throws LongtabError `bad-file` that names the shards that the folder lacks, where its files are known. */
async function requireShards(
  files: ModelFiles,
  shards: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const names = await files.names(signal)
  const missing = shards.filter((name) => names?.includes(name) === false)
  if (missing.length === 0) return
  throw new LongtabError(
    'bad-file',
    `the weights are in ${shards.length} files and ${files.folder} ${holdsOrHold(files.folder)} only ${shards.length - missing.length} of them; add ${listed(missing, 'files')}`,
  )
}

function holdsOrHold(folder: string): string {
  return folder === 'the picked files' ? 'hold' : 'holds'
}

/** One file. The connection that brought its header goes on to its tensors. */
export async function openSafetensors(
  file: ByteFile,
  signal?: AbortSignal,
): Promise<SafetensorsCheckpoint> {
  return checkpointOf([await openShard(file, signal)])
}

/** @param homes tensor → shard file */
async function openShards(
  files: ModelFiles,
  homes: Map<string, string>,
  signal?: AbortSignal,
): Promise<SafetensorsCheckpoint> {
  const shards: Shard[] = []
  for (const name of [...new Set(homes.values())].sort()) {
    const shard = await openShard(files.file(name), signal)
    shard.file.close() // browsers allow six connections to a server: none may wait while other shards are read
    const indexed = shard.tensors.filter((tensor) => homes.get(tensor.name) === name)
    for (const tensor of indexed) homes.delete(tensor.name)
    shards.push({ ...shard, tensors: indexed })
  }
  for (const [tensor, shard] of homes) {
    throw new LongtabError(
      'bad-file',
      `${index} places tensor ${tensor} in ${shard}, which does not hold it; fetch both again`,
    )
  }
  return checkpointOf(shards)
}

/** Tensor → shard file. */
function readIndex(json: unknown): Map<string, string> {
  const map = typeof json === 'object' && json !== null && 'weight_map' in json && json.weight_map
  if (typeof map !== 'object' || map === null || Array.isArray(map)) {
    throw new LongtabError('bad-file', `${index} has no weight_map; fetch it again`)
  }
  const homes = new Map<string, string>()
  for (const [tensor, shard] of Object.entries(map)) {
    if (typeof shard !== 'string' || !/^[\w.-]+\.safetensors$/.test(shard)) {
      throw new LongtabError(
        'bad-file',
        `${index} places tensor ${tensor} in ${shown(shard)}, which is not the name of a safetensors file`,
      )
    }
    homes.set(tensor, shard)
  }
  return homes
}

async function openShard(file: ByteFile, signal?: AbortSignal): Promise<Shard> {
  try {
    const size = await file.size(signal)
    if (size !== undefined && size < lengthBytes) {
      throw new LongtabError(
        'bad-file',
        `${file.name} has ${size} bytes, too few for a safetensors file; fetch it again`,
      )
    }
    const prefix = await file.part(0, lengthBytes, signal)
    const length = headerLength(prefix, size, file.name)
    const json = await file.part(lengthBytes, lengthBytes + length, signal)
    return { file, ...parseHeader(json, size, file.name) }
  } catch (error) {
    file.close()
    throw await orStandIn(file, error, signal)
  }
}

function checkpointOf(shards: readonly Shard[]): SafetensorsCheckpoint {
  const homes = byPlainName(
    shards.flatMap(({ file, tensors }) =>
      tensors.map((tensor) => {
        const unreadable = isReadable(tensor.dtype) ? undefined : tensor.dtype
        return { file, ...tensor, unreadable }
      }),
    ),
  )
  let latest: ByteFile | undefined
  const home = (name: string, signal?: AbortSignal) => {
    throwIfAborted(signal, `reading tensor ${name}`)
    const tensor = homes.get(name)
    if (tensor === undefined) {
      throw new LongtabError('bad-file', `the checkpoint has no tensor ${name}`)
    }
    if (latest !== tensor.file) latest?.close()
    latest = tensor.file
    return tensor
  }
  return {
    tensors: homes,
    metadata: Object.fromEntries(shards.flatMap(({ metadata }) => Object.entries(metadata))),
    rows(name, signal) {
      const tensor = home(name, signal)
      return readRows(tensor.file, tensor, signal)
    },
    rowsAt(name, rows, signal) {
      const tensor = home(name, signal)
      return readRowsAt(tensor.file, tensor, rows, signal)
    },
    close() {
      for (const { file } of shards) file.close()
    },
  }
}
