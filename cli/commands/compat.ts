// npm run compat: which families, formats, storages and tokenizers are verified, and how, as docs/guide/compat.md. With
// --measure the engine reads every tiny checkpoint in Node first, with --layers layers of each kind; without, the figures of
// the last time stand.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as Longtab from '../../src/index.ts'
import { ensureBuilt } from '../build/fresh.ts'
import { dist } from '../build/paths.ts'
import {
  agreementsFile,
  measureAgreement,
  type Agreements,
  type Measured,
} from '../compat/agreement.ts'
import { familyFixtures } from '../compat/fixtures.ts'
import { layerCostsFile, measureLayerCosts, type LayerCosts } from '../compat/layer_costs.ts'
import { compatPage, compatPath } from '../compat/page.ts'
import { nodeGpu } from '../node/gpu.mjs'
import { command } from '../shell/command.ts'
import { commandLine } from '../shell/command_line.ts'
import { given } from '../shell/flag.ts'
import { writeJson } from '../shell/json.ts'
import { machine } from '../shell/machine.ts'

const flags = {
  layers: given('times a layer of each kind in Node first'),
  measure: given(
    'reads every fixture with the engine in Node first, which takes minutes in software',
  ),
}

await command('compat', async () => {
  const { measure, layers } = commandLine({
    usage: 'npm run compat -- [--measure] [--layers]',
    about: 'Writes the table of what is verified, and how, into docs/guide/compat.md.',
    flags,
  })
  if (measure) await writeJson(agreementsFile, await agreements())
  if (layers) await writeJson(layerCostsFile, await layerCosts())
  await writeFile(compatPath, await compatPage())
  console.error(`kept in ${compatPath}`)
})
process.exit() // Dawn's threads would keep Node alive

type Load = typeof Longtab.load

async function builtLoad(): Promise<Load> {
  await ensureBuilt('library')
  const module = pathToFileURL(join(dist, 'module/longtab.js')).href
  return ((await import(module)) as typeof Longtab).load
}

async function agreements(): Promise<Agreements> {
  const [load, gpu] = [await builtLoad(), await nodeGpu()]
  const fixtures: Record<string, Agreements['fixtures'][string]> = {}
  for (const fixture of await familyFixtures()) {
    const agreement = await measureAgreement(load, gpu, fixture)
    console.error(`${fixture.name}: ${JSON.stringify(agreement.f32)}`)
    fixtures[fixture.name] = agreement
  }
  return { ...(await where(gpu)), fixtures }
}

async function layerCosts(): Promise<LayerCosts> {
  const [load, gpu] = [await builtLoad(), await nodeGpu()]
  const costs = await measureLayerCosts(load, gpu, (kind, ms) => console.error(`${kind}: ${ms} ms`))
  return { ...(await where(gpu)), ...costs }
}

async function where(gpu: GPU): Promise<Measured> {
  const adapter = await gpu.requestAdapter()
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    adapter: adapter?.info.description ?? 'no GPU',
  }
}
