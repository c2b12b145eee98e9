// npm start [-- --port N]: builds what has changed, serves the page on this machine and prints its address.
import { command } from '../shell/command.ts'
import { whole } from '../shell/flag.ts'
import { parseFlags } from '../shell/flags.ts'
import { helpOf, unlessHelp } from '../shell/help.ts'
import { ensureBuilt } from '../build/fresh.ts'
import { builtPage } from '../site/content_policy.ts'
import { serve } from '../site/serve.ts'

const flags = {
  port: whole(0, 'where the page is served; where that is taken, a free one', 65_535).or('5173'),
}

await command('start', async () => {
  const given = unlessHelp(
    parseFlags(process.argv.slice(2), flags),
    helpOf('npm start [-- --port N]   builds what changed and serves the page', flags),
  )
  if (given === undefined) return
  await ensureBuilt('page', 'library')
  const site = await serve({ '/': builtPage }, given.port)
  console.log(`Longtab is at ${site.url} (Ctrl-C ends it)`)
})
