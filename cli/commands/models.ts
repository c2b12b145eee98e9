// npm run models, longtab models: lists the models that are known by name.
import { knownModels, tableOf } from '../models/known_models.ts'
import { description } from '../models/options.ts'
import { command } from '../shell/command.ts'
import { commandLine } from '../shell/command_line.ts'

await command('models', async () => {
  const { json } = commandLine(description)
  const models = await knownModels()
  console.log(json ? JSON.stringify(models, null, 2) : tableOf(models))
})
