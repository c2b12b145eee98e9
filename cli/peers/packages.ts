// The peers' own packages, as npm has them: fetched by the command that measures them, checked, and kept outside of this
// repository. None of them is installed, so nothing that they depend on is either, and no code of theirs runs in Node.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { RunError } from '../shell/command.ts'

export interface PeerPackage {
  readonly name: string
  readonly version: string
  /** when it was published */
  readonly date: string
  /** of the archive, as npm writes it */
  readonly integrity: string
  /** what is kept of it */
  readonly files: readonly string[]
}

/** The newest of each on 2026-11-29. */
export const transformersPackage: PeerPackage = {
  name: '@huggingface/transformers',
  version: '4.3.2',
  date: '2026-10-27',
  integrity:
    'sha512-V3+dqf3iWlRYJ9I9GreM3zGQd0lAXnnoPeddmkOQYWAEE4l/+Fi6p7tx/qVUJlKQgLXGim2W76rTOzz+eC0i7g==',
  files: ['dist/transformers.min.js', 'LICENSE'],
}

/** The release that transformers.js 4.3.2 names: its WebAssembly is not in its own package. */
export const onnxruntimePackage: PeerPackage = {
  name: 'onnxruntime-web',
  version: '1.31.0-dev.20260914-8d85527a0',
  date: '2026-09-16',
  integrity:
    'sha512-Iy7rtadoBgxS/LLvDr3QW38DB1PNXRnr0GJMcL0TAt7c9qjgVQl83UlGCVyeAnK2InpmW8Uc3PL8XIuqtDeF6g==',
  files: ['dist/ort-wasm-simd-threaded.asyncify.mjs', 'dist/ort-wasm-simd-threaded.asyncify.wasm'],
}

export const wllamaPackage: PeerPackage = {
  name: '@wllama/wllama',
  version: '3.13.0',
  date: '2026-11-08',
  integrity:
    'sha512-ZvoRdQAn+E+18EvQ9qS036gudiI9rbZRBJgG/qNICPPwrA0Y6SMMdbziz/j7K/0WxcbJlhaRraVIYsnEy732NA==',
  files: ['esm/index.js', 'esm/wasm/wllama.wasm', 'LICENCE'],
}

export const peerPackages = [transformersPackage, onnxruntimePackage, wllamaPackage]

/** LONGTAB_PEERS, or a folder of this user's cache. */
export function peersFolder(): string {
  const chosen = process.env['LONGTAB_PEERS'] ?? ''
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  return chosen === '' ? join(cache, 'longtab', 'peers') : chosen
}

const run = promisify(execFile)

/**
 * The folder with a package's files, which are fetched if they are not there. Throws RunError.
 * @param folder of all peers; created if missing
 */
export async function fetchPeer(wanted: PeerPackage, folder: string): Promise<string> {
  const { name, version, integrity, files } = wanted
  const path = join(folder, `${name.replace(/^@/, '').replace('/', '-')}-${version}`)
  if (existsSync(path)) return path
  console.error(`fetching ${name} ${version} from npm …`)
  await mkdir(folder, { recursive: true })
  const scratch = await mkdtemp(join(folder, '.fetching-'))
  try {
    const archive = join(scratch, await packed(`${name}@${version}`, scratch))
    const found = `sha512-${createHash('sha512')
      .update(await readFile(archive))
      .digest('base64')}`
    if (found !== integrity) {
      throw new RunError(
        `${name} ${version} as fetched has ${found}, not ${integrity}; the registry serves another file than npm's`,
      )
    }
    const kept = files.map((file) => `package/${file}`)
    await run('tar', ['-xzf', archive, '-C', scratch, ...kept])
    await rename(join(scratch, 'package'), path)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  return path
}

/** @returns the archive's name */
async function packed(wanted: string, folder: string): Promise<string> {
  const args = ['pack', wanted, '--json', '--loglevel=error', '--pack-destination', folder]
  try {
    const { stdout } = await run('npm', args, { shell: process.platform === 'win32' })
    const [{ filename }] = JSON.parse(stdout) as [{ readonly filename: string }]
    return filename
  } catch (error) {
    const [line = ''] = String(error instanceof Error ? error.message : error)
      .split('\n')
      .slice(1)
    throw new RunError(`npm could not fetch ${wanted}: ${line}; check the network and try again`)
  }
}
