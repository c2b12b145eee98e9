// npm run steps: what a chunk and a token ask of the GPU, step by step, for four shapes of real models. It needs no GPU.
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as Bench from '../../src/bench/bench.ts'
import { command } from '../shell/command.ts'
import { text } from '../shell/flag.ts'
import { commandLine } from '../shell/command_line.ts'
import { ensureBuilt } from '../build/fresh.ts'
import { dist, root } from '../build/paths.ts'

const flags = {
  out: text('FILE', 'where the tables go').or('docs/research/steps.md'),
}

const shapes = ['smollm-135m', 'qwen-0.5b', 'qwen-0.8b', 'llama-1b'] as const

await command('steps', async () => {
  const { out } = commandLine({
    usage: 'npm run steps -- [--out FILE]',
    about:
      'Counts dispatches, submits, bytes and FLOP of a chunk and a token, step by step, without a GPU.',
    flags,
  })
  await ensureBuilt('library')
  const bench = (await import(pathToFileURL(join(dist, 'module/bench.js')).href)) as typeof Bench
  const counted = new Map<string, Bench.ShapeSteps>()
  for (const name of shapes) {
    console.error(name)
    counted.set(name, await bench.countSteps(bench.shapes[name]))
  }
  await writeFile(resolve(root, out), bench.reportSteps(counted))
  console.error(`kept in ${out}`)
})
