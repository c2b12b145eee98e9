// Longtab beside its peers in the Chromium of the machine with the GPU, from the copied folder:
//
// node cli/commands/peers.mjs --peers --model FILE.gguf --out DIR [options of npm run bench -- --peers]
import { join } from 'node:path'
import { root } from '../build/paths.ts'
import { comparePeers } from '../peers/compare.ts'
import { keepComparison } from '../peers/keep.ts'
import { parsePeers } from '../peers/options.ts'
import { command } from '../shell/command.ts'

await command('peers', async () => {
  const { model, out, ...options } = parsePeers(process.argv.slice(2))
  const places = {
    module: join(root, 'dist/module'),
    heads: join(root, 'dist/heads'),
    peers: join(root, 'peers'),
  }
  await comparePeers(options, model, places, async (record) => {
    await keepComparison(record, out)
  })
})
