// npm run build: page, module and command line, into dist/.
import { bundle } from '../build/bundle.ts'
import { command } from '../shell/command.ts'

await command('build', async () => {
  await bundle('page')
  await bundle('library')
  await bundle('shell')
})
