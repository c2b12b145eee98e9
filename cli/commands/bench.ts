// npm run bench: measures the engine in headless Chromium, prints the results and writes them as JSON and Markdown.
import { dist } from '../build/paths.ts'
import { openAsBlob } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import type { BenchOptions, BenchRecord } from '../../src/bench/bench.ts'
import { byHeadOf, type ByHead } from '../../src/bench/by_head_file.ts'
import { report } from '../../src/bench/report.ts'
import { parseBench, type BenchCommand } from '../bench/options.ts'
import { benchStorage } from '../bench/storage.ts'
import { command, RunError } from '../shell/command.ts'
import { ensureBuilt } from '../build/fresh.ts'
import { writeJson } from '../shell/json.ts'
import { machine } from '../shell/machine.ts'
import { withRealModel } from '../models/real_model.ts'
import { comparePeers } from '../peers/compare.ts'
import { keepComparison } from '../peers/keep.ts'
import { parsePeers, type PeersOptions } from '../peers/options.ts'
import { peersFolder } from '../peers/packages.ts'
import { joined, recordIn, type PeersRecord } from '../peers/record.ts'
import { withSection } from '../peers/section.ts'
import { peersTables } from '../peers/tables.ts'
import { requireFile } from '../shell/files.ts'
import { unlessRefused, type Refusal } from '../browser/refusal.ts'
import { inTab } from '../browser/tab.ts'

/** dist/module/bench.js */
interface Bench {
  runBench(options: BenchOptions): Promise<BenchRecord>
}

declare function onLine(line: string): Promise<void>

await command('bench', async () => {
  const args = process.argv.slice(2)
  if (args.includes('--peers')) {
    await benchPeers(parsePeers(args))
    return
  }
  const options = parseBench(args)
  await ensureBuilt('library')
  const record = await bench(options)
  const text = report(record)
  console.log(text)

  const folder = resolve(options.out)
  await mkdir(folder, { recursive: true })
  const file = join(folder, record.date.slice(0, 19).replaceAll(':', '-'))
  await writeJson(`${file}.json`, record)
  await writeFile(`${file}.md`, text)
  console.error(`kept in ${relative(process.cwd(), file)}.json and .md`)
})

/** Prints the tables. Progress goes to stderr. Throws RunError when nobody can run here. */
async function benchPeers(options: PeersOptions): Promise<void> {
  const { from, page } = options
  const kept = from.map(async (path) => recordIn(await readFile(path, 'utf8'), path))
  const record = from.length === 0 ? await measurePeers(options) : joined(await Promise.all(kept))
  const text = peersTables(record)
  console.log(text)
  if (page !== undefined) await writeFile(page, withSection(await readFile(page, 'utf8'), text))
}

async function measurePeers({ model, out, ...options }: PeersOptions): Promise<PeersRecord> {
  const gguf = await withRealModel(model)
  requireFile('--model', gguf)
  await ensureBuilt('library')
  const places = {
    module: join(dist, 'module'),
    heads: join(dist, 'heads'),
    peers: peersFolder(),
  }
  let latest: PeersRecord | undefined
  await comparePeers(options, gguf, places, async (record) => {
    await keepComparison(record, resolve(out))
    latest = record
  })
  if (latest === undefined) throw new RunError('none of them can run on this adapter')
  return latest
}

/** Progress goes to stderr. Throws RunError when no shape could run. */
async function bench(options: BenchCommand): Promise<BenchRecord> {
  const { adapter, out: _, byHead: file, ...measured } = options
  const byHead = file && { byHead: await readByHead(file) }
  // timestamps without rounding, in software too
  const browserArgs = ['--enable-webgpu-developer-features']
  return inTab({ title: 'bench', adapter, browserArgs }, async (page, site) => {
    const browser = `Chromium ${page.context().browser()?.version() ?? 'of unknown version'}`
    await page.exposeFunction('onLine', (line: string) => {
      console.error(line)
    })
    const module = await page.evaluateHandle<Bench>("import('/module/bench.js')")
    console.error('reading a stored file')
    const storage = await benchStorage(site, measured.effort === 'quick' ? 64 << 20 : 256 << 20)
    const task = {
      storage,
      host: `${browser}, ${machine()}`,
      ...measured,
      ...byHead,
    }
    return unlessRefused(await page.evaluate(benchInPage, [module, task] as const))
  })
}

/** Throws RunError where the file is missing, does not fit the shape, or has no shares. */
async function readByHead({
  path,
  shape,
  ...overrides
}: NonNullable<BenchCommand['byHead']>): Promise<ByHead> {
  try {
    return { ...(await byHeadOf(await openAsBlob(path), path, shape)), ...overrides }
  } catch (error) {
    throw new RunError(error instanceof Error ? error.message : String(error))
  }
}

type Task = Omit<BenchOptions, 'gpu' | 'onLine'>

/** Runs in the page. */
async function benchInPage([module, task]: readonly [Bench, Task]): Promise<BenchRecord | Refusal> {
  try {
    return await module.runBench({
      ...task,
      gpu: navigator.gpu,
      onLine: (line) => void onLine(line),
    })
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
      return { code: error.code, message: error.message }
    }
    throw error
  }
}
