// npm run compat: which families, formats, storages and tokenizers are verified, and how, as docs/guide/compat.md. With
// --measure the engine reads every tiny checkpoint in Node first; without, the figures of the last time stand.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as Longtab from '../../src/index.ts'
import { ensureBuilt } from '../build/fresh.ts'
import { dist } from '../build/paths.ts'
import { agreementsFile, measureAgreement, type Agreements } from '../compat/agreement.ts'
import { familyFixtures } from '../compat/fixtures.ts'
import { compatPage, compatPath } from '../compat/page.ts'
import { nodeGpu } from '../node/gpu.mjs'
import { command } from '../shell/command.ts'
import { commandLine } from '../shell/command_line.ts'
import { given } from '../shell/flag.ts'
import { writeJson } from '../shell/json.ts'
import { machine } from '../shell/machine.ts'

const flags = {
  measure: given(
    'reads every fixture with the engine in Node first, which takes minutes in software',
  ),
}

await command('compat', async () => {
  const { measure } = commandLine({
    usage: 'npm run compat -- [--measure]',
    about: 'Writes the table of what is verified, and how, into docs/guide/compat.md.',
    flags,
  })
  if (measure) await writeJson(agreementsFile, await measured())
  await writeFile(compatPath, await compatPage())
  console.error(`kept in ${compatPath}`)
})
process.exit() // Dawn's threads would keep Node alive

async function measured(): Promise<Agreements> {
  await ensureBuilt('library')
  const module = pathToFileURL(join(dist, 'module/longtab.js')).href
  const { load } = (await import(module)) as typeof Longtab
  const gpu = await nodeGpu()
  const fixtures: Record<string, Agreements['fixtures'][string]> = {}
  let device = ''
  for (const fixture of await familyFixtures()) {
    const { adapter, agreement } = await measureAgreement(load, gpu, fixture)
    console.error(`${fixture.name}: ${JSON.stringify(agreement.f32)}`)
    fixtures[fixture.name] = agreement
    device = adapter
  }
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    adapter: device,
    fixtures,
  }
}
