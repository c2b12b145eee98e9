// Damaged headers of every format: each file either loads or gives one clear error, whatever was hit.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { LongtabError } from '../api/errors.ts'
import { seeded } from '../random.ts'
import { readAll, type ByteFile } from '../files/byte_file.ts'
import type { Checkpoint } from './checkpoint.ts'
import { readDescription } from './config.ts'
import { ggufFiles } from './gguf/files.ts'
import { openTensors } from './open_tensors.ts'
import { openTokenizer } from '../text/tokenizer.ts'
import { checkTensors } from './required_tensors.ts'
import { writeSafetensors } from './safetensors/write.ts'

type Bytes = Uint8Array<ArrayBuffer>
type Random = (below: number) => number

interface Format {
  readonly name: string
  readonly rounds: number
  /** good files */
  readonly files: readonly Bytes[]
  /** where damage is done: all that is no tensor, as far as it can be said */
  header(file: Bytes): readonly (readonly [start: number, end: number])[]
  /** what may stand where it should not */
  readonly pieces: readonly string[]
  load(file: ByteFile): Promise<void>
  /** share of the rounds that load in spite of the damage: some hit a name or a value, most do not */
  readonly loads: readonly [least: number, most: number]
}

const fixtures = new URL('../../fixtures/', import.meta.url)
const fixture = (path: string): Bytes => Uint8Array.from(readFileSync(new URL(path, fixtures)))
const indexOf = (file: Bytes, mark: string) => Buffer.from(file).indexOf(mark, 0, 'latin1')

/** One file is a tokenizer alone. */
function endOfNames(file: Bytes): number {
  const last = indexOf(file, 'blk.1.ffn_up.weight')
  return last < 0 ? file.length : last + 100
}

const formats: readonly Format[] = [
  {
    name: 'safetensors',
    rounds: 5000,
    files: [smallSafetensors()],
    header: (file) => [[0, file.length - 32]],
    pieces: ['"', '{', '}', '[', ',', ':', '-', '9', '0', 'e9', 'null', '"F16"', '\0', 'ÿ', '[['],
    load: async (file) => readAllRows(await openTensors(file)),
    loads: [0.01, 0.6],
  },
  {
    name: 'GGUF',
    rounds: 1000, // some 10 ms each in Node
    files: ['gguf/llama3', 'gguf/qwen3', 'gguf_tokenizers/phi3'].map((name) =>
      fixture(`${name}.gguf`),
    ),
    header: (file) => [[0, endOfNames(file)]],
    pieces: [
      '\0\0\0\0',
      '\x08\0\0\0',
      '\x09\0\0\0',
      '\xff\xff\xff\xff',
      'tokenizer.ggml.',
      '\0\x40',
    ],
    load: loadGguf,
    loads: [0.05, 0.9],
  },
  {
    name: 'PyTorch',
    rounds: 4000,
    files: ['heads', 'state_dict', 'parameters', 'views'].map((name) =>
      fixture(`pytorch/${name}.bin`),
    ),
    header: (file) => [
      [0, indexOf(file, 'PK\x03\x04') + 30],
      [indexOf(file, '\x80\x02'), indexOf(file, '.format_version')],
      [indexOf(file, 'PK\x01\x02'), file.length],
    ],
    pieces: [
      '(',
      ')',
      't',
      'R',
      'Q',
      'u',
      'b',
      '.',
      '}',
      '2',
      '\x85',
      'X',
      'q\0',
      'h\x05',
      'cos\nsystem\n',
      'PK',
    ],
    load: async (file) => readAllRows(await openTensors(file)),
    loads: [0.05, 0.8],
  },
]

it.each(formats)(
  '$name: whatever the header says, it loads or gives one clear error',
  async (format) => {
    const next = seeded(20261124)
    const random: Random = (below) => Math.floor(next() * below)
    let loaded = 0
    for (let round = 0; round < format.rounds; round++) {
      const bytes = damaged(format, random)
      try {
        await format.load(inMemory(bytes))
        loaded++
      } catch (error) {
        const clear = error instanceof LongtabError && /^[^\n]{10,1000}$/.test(error.message)
        if (!clear) throw new Error(`round ${round}: ${String(error)}`, { cause: error })
      }
    }
    expect(loaded / format.rounds).toBeGreaterThan(format.loads[0])
    expect(loaded / format.rounds).toBeLessThan(format.loads[1])
  },
  60_000,
)

/** A good file with one to three faults in its header, or cut. */
function damaged(format: Format, random: Random): Bytes {
  let bytes = chosen(format.files, random).slice()
  const regions = format.header(bytes)
  if (random(20) === 0) return bytes.slice(0, random(bytes.length))
  for (let faults = 1 + random(3); faults > 0; faults--) {
    const [start, end] = chosen(regions, random)
    const at = Math.min(start + random(end - start), bytes.length - 8)
    bytes = chosen(faultKinds, random)(bytes, at, random, format)
  }
  return bytes
}

type Fault = (bytes: Bytes, at: number, random: Random, format: Format) => Bytes

const extremes = [0n, 1n, 0xffn, 0x7fffffffn, 0xffffffffn, 1n << 40n, 1n << 53n, (1n << 64n) - 1n]

const faultKinds: readonly Fault[] = [
  (bytes, at, random) => bytes.with(at, random(256)),
  (bytes, at, random) => bytes.with(at, bytes[at]! ^ (1 << random(8))),
  (bytes, at, random) => {
    new DataView(bytes.buffer).setBigUint64(at, chosen(extremes, random), true)
    return bytes
  },
  (bytes, at, random, { pieces }) => {
    const piece = Buffer.from(chosen(pieces, random), 'latin1')
    bytes.set(piece.subarray(0, bytes.length - at), at)
    return bytes
  },
  (bytes, at, random, { pieces }) =>
    inserted(bytes, at, Buffer.from(chosen(pieces, random), 'latin1')),
  (bytes, at, random) => inserted(bytes, at, bytes.slice(at, at + random(200))),
  (bytes, at, random) => joined(bytes.subarray(0, at), bytes.subarray(at + 1 + random(20))),
  (bytes, at, random) => bytes.copyWithin(at, random(bytes.length), random(bytes.length)),
]

function inserted(bytes: Bytes, at: number, piece: Uint8Array): Bytes {
  return joined(bytes.subarray(0, at), piece, bytes.subarray(at))
}

function joined(...parts: readonly Uint8Array[]): Bytes {
  return Uint8Array.from(Buffer.concat(parts))
}

function chosen<T>(list: readonly T[], random: Random): T {
  return list[random(list.length)]!
}

async function loadGguf(file: ByteFile): Promise<void> {
  const files = ggufFiles(file)
  openTokenizer({ tokenizer: await files.text('tokenizer.json') })
  const description = await readDescription(files)
  const checkpoint = await files.checkpoint!()
  checkTensors(description, checkpoint)
  await readAllRows(checkpoint)
}

async function readAllRows(checkpoint: Checkpoint): Promise<void> {
  for (const name of checkpoint.tensors.keys()) {
    for await (const slice of checkpoint.rows(name)) expect(slice.first).toBeGreaterThanOrEqual(0)
  }
}

function smallSafetensors(): Bytes {
  const values = Float32Array.of(1, 2, 3, 4, 5, 6)
  const a = { name: 'a', shape: [2, 3], values, dtype: 'F32' } as const
  const b = { name: 'b', shape: [2, 2], values: values.subarray(2), dtype: 'BF16' } as const
  return writeSafetensors([a, b], { format: 'pt' })
}

/** A Blob takes some 0.3 ms per read. Nobody may ask for more than there is: readers allocate what they ask for. */
function inMemory(bytes: Bytes): ByteFile {
  const file: ByteFile = {
    name: 'the file',
    size: () => Promise.resolve(bytes.length),

    async *read(start, end) {
      if (!(start >= 0 && start <= end && end <= bytes.length)) {
        throw new Error(`bytes ${start} to ${end} of ${bytes.length} are asked for`)
      }
      yield bytes.subarray(start, end)
    },
    part: (start, end) => readAll(file, start, end),
    close: () => undefined,
  }
  return file
}
