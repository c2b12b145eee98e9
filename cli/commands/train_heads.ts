// npm run train-heads: trains retaining heads for a model.
import { builtInModel } from '../models/built_in.ts'
import { command } from '../shell/command.ts'
import { parseTrainHeads } from '../training/heads_options.ts'
import { runTraining } from '../training/training.ts'

await command('train-heads', async () => {
  const options = parseTrainHeads(process.argv.slice(2), builtInModel)
  await runTraining('train-heads', 'trainHeads', options, 'overlap of the top 10 %')
})
