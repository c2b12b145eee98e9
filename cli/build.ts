// npm run build: the page and the module, into dist/.
import { bundle } from './bundle.ts'
import { command } from './command.ts'

await command('build', async () => {
  await bundle('page')
  await bundle('library')
})
