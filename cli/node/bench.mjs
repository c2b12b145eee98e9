// The bench without a browser: Node and the `webgpu` package (Dawn). It needs only this file, gpu.mjs,
// dist/module/bench.js and that package, so the four can be copied to a machine with a GPU.
//
// node cli/node/bench.mjs [--shape NAME] … [--tokens N] … [--cache P] [--by-head FILE [--budget N] [--chunk N]] [--out
// DIR] [--quick]
import { openAsBlob } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { arch, cpus, loadavg, platform } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { nodeGpu } from './gpu.mjs'

const { values } = parseArgs({
  options: {
    shape: { type: 'string', multiple: true },
    tokens: { type: 'string', multiple: true },
    cache: { type: 'string' },
    'by-head': { type: 'string' },
    budget: { type: 'string' },
    chunk: { type: 'string' },
    out: { type: 'string', default: 'bench-results' },
    quick: { type: 'boolean', default: false },
  },
})
// timestamps without rounding
const gpu = await nodeGpu(['disable-dawn-features=timestamp_quantization']).catch((error) => {
  console.error(`bench: ${error.message}`)
  process.exit(2)
})
const { byHeadOf, report, runBench, shapeNames } = await import('../../dist/module/bench.js')
const unknown = values.shape?.find((name) => !shapeNames.includes(name))
if (unknown !== undefined) {
  console.error(`bench: --shape must be one of ${shapeNames.join(', ')}, not '${unknown}'`)
  process.exit(2)
}
const heads = values['by-head']
if (heads !== undefined && values.shape?.length !== 1) {
  console.error('bench: --by-head needs one --shape, the one that the heads are of')
  process.exit(2)
}
const byHead = heads && {
  ...(await byHeadOf(await openAsBlob(heads), heads, values.shape[0])),
  ...(values.budget && { budget: Number(values.budget) }),
  ...(values.chunk && { chunk: Number(values.chunk) }),
}

const processors = cpus()
const machine = `${platform()} ${arch()}, ${processors.length} × ${processors[0]?.model.trim()}`
const record = await runBench({
  gpu,
  host: `Node ${process.versions.node} with webgpu, ${machine}, load ${loadavg()[0].toFixed(1)}`,
  ...(values.shape && { shapes: values.shape }),
  ...(values.tokens && { tokens: values.tokens.map(Number) }),
  ...(values.cache && { cache: values.cache }),
  ...(byHead && { byHead }),
  effort: values.quick ? 'quick' : 'full',
  storage: null, // Node has no browser's store
  onLine: (line) => console.error(line),
})
console.log(report(record))
await mkdir(values.out, { recursive: true })
const file = join(values.out, record.date.slice(0, 19).replaceAll(':', '-'))
await writeFile(`${file}.json`, `${JSON.stringify(record, null, 2)}\n`)
await writeFile(`${file}.md`, report(record))
process.exit(0) // Dawn's threads would keep Node alive
