// npm run bisect: reads a short text through the engine and the reference in one tab, and prints the first step at which
// they differ. With --cpu it runs chosen steps on the CPU and prints how far the logits are then. Vite serves the sources,
// so no build is needed.
import { readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { createServer, type Plugin } from 'vite'
import { adapterFlag } from '../browser/adapters.ts'
import { openTab } from '../browser/browser.ts'
import { root } from '../build/paths.ts'
import { command } from '../shell/command.ts'
import { overridesOf, settingFlags } from '../models/setting_flags.ts'
import { isModelFile } from '../../src/model/format_names.ts'
import { requireFile, requireModel } from '../shell/files.ts'
import { real, text } from '../shell/flag.ts'
import { commandLine } from '../shell/command_line.ts'
import { blankPage, sendFile } from '../site/serve.ts'

const readingFlags = {
  policy: settingFlags.policy,
  budget: settingFlags.budget.or('32'),
  chunk: settingFlags.chunk.or('24'),
  stabilizers: settingFlags.stabilizers,
  sinks: settingFlags.sinks,
}

const flags = {
  model: text('DIR|FILE', 'the model that is read with').needed(),
  text: text('FILE', 'what is read; it should be short').needed(),
  ...readingFlags,
  cpu: text(
    'STEP',
    'runs every step with this in its name on the CPU and the others on the GPU, and compares the logits: embed, "layer 3: attend", "layer 3:", evict …',
  ).several(),
  tolerance: real(1, 'largest |engine - reference| / (1 + |reference|) that passes').or('0.001'),
  adapter: adapterFlag,
}

await command('bisect', async () => {
  const given = commandLine({
    usage: 'npm run bisect -- --model DIR|FILE --text FILE [options]',
    about:
      'Reads a short text through the engine and the reference and prints the first step at which they differ.',
    flags,
  })
  const { model, tolerance: allowed, adapter } = given
  requireModel(model)
  requireFile('--text', given.text)
  const read = await readFile(given.text, 'utf8')
  const settings = overridesOf(given)

  const server = await createServer({ root, server: { port: 0 }, plugins: [modelSite(model)] })
  try {
    await server.listen()
    const site = server.resolvedUrls?.local[0] ?? ''
    const tab = await openTab(`${site}bisect/`, adapter)
    try {
      const url = `${site}bisect/model/${isModelFile(model) ? basename(model) : ''}`
      const { tokens, parting, logits } = await tab.page.evaluate(
        async ([at, ...rest]) => {
          const { bisectModel } = (await import(
            at
          )) as typeof import('../../src/testing/bisect_model.ts')
          return bisectModel(...rest)
        },
        [`${site}src/testing/bisect_model.ts`, url, read, settings, allowed, given.cpu] as const,
      )
      if (logits) {
        console.log(`logits after ${tokens} tokens, against the CPU alone:`)
        console.log(`  all on the GPU: ${logits.onGpu.toExponential(1)}`)
        console.log(`  ${given.cpu.join(', ')} on the CPU: ${logits.mixed.toExponential(1)}`)
        return
      }
      if (!parting) {
        console.log(`no step differs by more than ${allowed} over ${tokens} tokens`)
        return
      }
      const { chunk, step, array, index, got, expected } = parting
      console.log(
        `chunk ${chunk}, ${step}: value ${index} of ${array} is ${got}, expected ${expected}`,
      )
      process.exitCode = 1
    } finally {
      await tab.close()
    }
  } finally {
    await server.close()
  }
})

/** Serves a blank page and the model's folder. */
function modelSite(model: string): Plugin {
  const folder = isModelFile(model) ? dirname(model) : model
  return {
    name: 'model-site',
    configureServer({ middlewares }) {
      middlewares.use('/bisect/model/', (request, response) => {
        sendFile(folder, (request.url ?? '/').slice(1), request, response)
      })
      middlewares.use(
        '/bisect/',
        (request, response) => void blankPage('bisect')(request, response),
      )
    },
  }
}
