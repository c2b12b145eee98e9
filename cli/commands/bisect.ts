// npm run bisect: a short text through the engine and through the reference in the same tab, and the first step at which they
// part. Sources come from Vite's server as they are, so that an edit needs no build.
import { readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { createServer, type Plugin } from 'vite'
import { policyNames } from '../../src/api/settings.ts'
import { adapters } from '../browser/adapters.ts'
import { openTab } from '../browser/browser.ts'
import { root } from '../build/paths.ts'
import { command } from '../shell/command.ts'
import { parseFlags } from '../shell/flags.ts'
import {
  defined,
  isGguf,
  missing,
  oneOf,
  real,
  requireFile,
  requireModel,
  whole,
} from '../shell/values.ts'
import { blankPage, sendFile } from '../site/serve.ts'

const help = `Reads a short text through the engine and the reference and prints the first step at which they differ.

  npm run bisect -- --model DIR|FILE.gguf --text FILE [options]

  --policy P            the policy to read with (default: the model's)
  --budget N, --chunk N of the reading; small ones evict early (default: budget 32, chunk 24)
  --stabilizers N, --sinks N
  --tolerance X         largest |engine - reference| / (1 + |reference|) that passes (default: 0.001)
  --adapter A           auto (default), hardware or software
  --help                this text`

const flags = {
  model: { type: 'string' },
  text: { type: 'string' },
  policy: { type: 'string' },
  budget: { type: 'string' },
  chunk: { type: 'string' },
  stabilizers: { type: 'string' },
  sinks: { type: 'string' },
  tolerance: { type: 'string' },
  adapter: { type: 'string' },
  help: { type: 'boolean' },
} as const

await command('bisect', async () => {
  const given = parseFlags(process.argv.slice(2), flags)
  if (given.help === true) {
    console.log(help)
    return
  }
  const model = given.model ?? missing('--model')
  const file = given.text ?? missing('--text')
  requireModel(model)
  requireFile('--text', file)
  const text = await readFile(file, 'utf8')
  const settings = defined({
    policy: oneOf('--policy', given.policy, policyNames),
    budget: whole('--budget', given.budget, 1) ?? 32,
    chunk: whole('--chunk', given.chunk, 1) ?? 24,
    stabilizers: whole('--stabilizers', given.stabilizers, 0),
    sinks: whole('--sinks', given.sinks, 0),
  })
  const allowed = real('--tolerance', given.tolerance, 1) ?? 1e-3
  const adapter = oneOf('--adapter', given.adapter, adapters) ?? 'auto'

  const server = await createServer({ root, server: { port: 0 }, plugins: [modelSite(model)] })
  try {
    await server.listen()
    const site = server.resolvedUrls?.local[0] ?? ''
    const tab = await openTab(`${site}bisect/`, adapter)
    try {
      const url = `${site}bisect/model/${isGguf(model) ? basename(model) : ''}`
      const { tokens, parting } = await tab.page.evaluate(
        async ([at, ...rest]) => {
          const { bisectModel } = (await import(
            at
          )) as typeof import('../../src/testing/bisect_model.ts')
          return bisectModel(...rest)
        },
        [`${site}src/testing/bisect_model.ts`, url, text, settings, allowed] as const,
      )
      if (!parting) {
        console.log(`no step differs by more than ${allowed} over ${tokens} tokens`)
        return
      }
      const { chunk, step, index, got, expected } = parting
      console.log(`chunk ${chunk}, ${step}: value ${index} is ${got}, expected ${expected}`)
      process.exitCode = 1
    } finally {
      await tab.close()
    }
  } finally {
    await server.close()
  }
})

/** A blank page, and the model's folder beside it. */
function modelSite(model: string): Plugin {
  const folder = isGguf(model) ? dirname(model) : model
  return {
    name: 'model-site',
    configureServer({ middlewares }) {
      middlewares.use('/bisect/model/', (request, response) => {
        sendFile(folder, (request.url ?? '/').slice(1), request, response).catch(() => {
          response.writeHead(404).end() // a file that this model lacks
        })
      })
      middlewares.use(
        '/bisect/',
        (request, response) => void blankPage('bisect')(request, response),
      )
    },
  }
}
