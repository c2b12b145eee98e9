// npm start [-- --port N]: builds what has changed, serves the page on this machine and prints its address.
import { command } from '../shell/command.ts'
import { whole } from '../shell/flag.ts'
import { commandLine } from '../shell/command_line.ts'
import { ensureBuilt } from '../build/fresh.ts'
import { builtPage } from '../site/content_policy.ts'
import { serve } from '../site/serve.ts'

const flags = {
  port: whole(0, 'where the page is served; where that is taken, a free one', 65_535).or('5173'),
}

await command('start', async () => {
  const given = commandLine({
    usage: 'npm start -- [--port N]',
    about: 'Builds what changed and serves the page.',
    flags,
  })
  await ensureBuilt('page', 'library')
  const site = await serve({ '/': builtPage }, given.port)
  console.log(`Longtab is at ${site.url} (Ctrl-C ends it)`)
})
