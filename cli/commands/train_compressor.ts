// npm run train-compressor: trains the convolutions of LoCoCo's policies.
import { builtInModel } from '../models/built_in.ts'
import { command } from '../shell/command.ts'
import { parseTrainCompressor } from '../training/compressor_options.ts'
import { runTraining } from '../training/training.ts'

await command('train-compressor', async () => {
  const options = parseTrainCompressor(process.argv.slice(2), builtInModel)
  const found = 'share of the attention’s output that is lost'
  await runTraining('train-compressor', 'trainCompressor', options, found)
})
