// npm run gpu-day: builds dist/gpu-day, a folder to copy to a machine with a GPU, and packs it or runs it here.
//
// npm run gpu-day [-- --build] [-- --rehearse]
import { dist, root } from '../build/paths.ts'
import { spawnSync } from 'node:child_process'
import { cp, mkdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { build } from 'vite'
import { command, RunError } from '../shell/command.ts'
import { dayFlags } from '../gpu_day/flags.ts'
import { carriedHeads } from '../gpu_day/sections.ts'
import { given } from '../shell/flag.ts'
import { commandLine } from '../shell/command_line.ts'
import { ensureBuilt } from '../build/fresh.ts'
import { fetchPeer, peerPackages, peersFolder } from '../peers/packages.ts'
import { webgpuEntry } from '../node/gpu.mjs'

const carried = join(dist, 'gpu-day')

const flags = {
  build: given(
    "only builds dist/gpu-day and packs it: it is carried there and run with 'node cli/commands/gpu_day.mjs' in it",
  ),
  ...dayFlags,
}

await command('gpu-day', async () => {
  const args = process.argv.slice(2)
  const asked = commandLine(
    {
      usage: 'npm run gpu-day [-- options]',
      about:
        'Runs the kernel tests, the bench, real checkpoints, the training of heads and the quality bench on a GPU, in sections that each leave their results. docs/guide/gpu_day.md says how a borrowed machine is used.',
      flags,
    },
    args,
  )
  await carry()
  if (asked.build) {
    const { archive, bytes } = await pack()
    console.error(`built ${carried} and ${archive}, ${(bytes / 1e6).toFixed(1)} MB`)
    return
  }
  const { status } = spawnSync(
    process.execPath,
    [join(carried, 'cli/commands/gpu_day.mjs'), ...args],
    {
      stdio: 'inherit',
    },
  )
  if (status !== 0) throw new RunError('a section failed; its JSON says how')
})

/** Copies a built part of the checkout: cli/, dist/ and the files they read. */
async function carry(): Promise<void> {
  await ensureBuilt('library')
  const { status } = spawnSync(process.execPath, [join(root, 'cli/run.mjs'), 'gpu_tests'], {
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) throw new RunError('the GPU tests could not be bundled; see above')
  await rm(carried, { recursive: true, force: true })
  await mkdir(carried, { recursive: true })
  await bundleCommands()
  const copied = [
    ...['dist/module', ...carriedHeads, 'dist/gpu-tests', 'fixtures', 'public/models'],
    ...['cli/node/gpu.mjs', 'cli/node/examiner.mjs', 'cli/node/bench.mjs'],
    ...['training/train_heads.py', 'training/heads', 'training/twin'],
  ]
  for (const path of copied) await cp(join(root, path), join(carried, path), { recursive: true })
  await carryPeers()
  await cp(dirname(webgpuEntry()), join(carried, 'webgpu'), {
    recursive: true,
    filter: isOfThisPlatform,
  })
}

/** The folder as one file. */
async function pack(): Promise<{ readonly archive: string; readonly bytes: number }> {
  const archive = `${carried}.tar.gz`
  const { status } = spawnSync('tar', ['-czf', archive, '-C', dist, basename(carried)], {
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) throw new RunError('tar could not pack dist/gpu-day; see above')
  return { archive, bytes: (await stat(archive)).size }
}

/** The peers' packages, and Playwright to drive the browser that they run in. */
async function carryPeers(): Promise<void> {
  for (const wanted of peerPackages) {
    const from = await fetchPeer(wanted, peersFolder())
    await cp(from, join(carried, 'peers', basename(from)), { recursive: true })
  }
  const copied = ['playwright/index.mjs', 'playwright/package.json', 'playwright-core']
  for (const path of copied) {
    await cp(join(root, 'node_modules', path), join(carried, 'node_modules', path), {
      recursive: true,
      filter: (path) => !/playwright-core.(types|lib.vite)$/.test(path), // its own viewers
    })
  }
}

/** Dawn ships for five platforms, twenty megabytes each. */
function isOfThisPlatform(path: string): boolean {
  const foreign = /[/\\](darwin|win32|linux)-(\w+)/.exec(path)
  if (foreign === null) return !path.endsWith('.dll')
  return foreign[1] === 'linux' && foreign[2] === 'x64'
}

/** Bundles each command into one file that needs no installed packages, without the parts for browsers and builds. */
async function bundleCommands(): Promise<void> {
  const entries = {
    gpu_day: 'cli/gpu_day/run.ts',
    checkpoints: 'cli/gpu_day/checkpoints.ts',
    bench_quality: 'cli/commands/bench_quality.ts',
    peers: 'cli/gpu_day/peers.ts',
  }
  await build({
    root,
    logLevel: 'warn',
    publicDir: false,
    ssr: {
      noExternal: true,
      external: ['vite', 'playwright', 'rollup', 'rollup-plugin-dts', 'wesl'],
    },
    build: {
      ssr: true,
      outDir: join(carried, 'cli/commands'),
      license: false,
      rolldownOptions: {
        input: entries,
        output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  })
}
