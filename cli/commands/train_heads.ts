// npm run train-heads: trains retaining heads for a model.
import { command } from '../shell/command.ts'
import { parseTrainHeads } from '../training/heads_options.ts'
import { defaultModel, runTraining } from '../training/training.ts'

await command('train-heads', async () => {
  const options = parseTrainHeads(process.argv.slice(2), defaultModel)
  await runTraining('train-heads', 'trainHeads', options, 'overlap of the top 10 %')
})
