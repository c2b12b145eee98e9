// npm start [-- --port N]: builds what changed, serves the page on this machine and prints its address.
import { dist } from '../build/paths.ts'
import { command, UsageError } from '../shell/command.ts'
import { parseFlags } from '../shell/flags.ts'
import { ensureBuilt } from '../build/fresh.ts'
import { serve } from '../site/serve.ts'

await command('start', async () => {
  const { port = '5173', help } = parseFlags(process.argv.slice(2), {
    port: { type: 'string' },
    help: { type: 'boolean' },
  })
  if (help === true) {
    console.log('npm start [-- --port N]   builds what changed and serves the page on this machine')
    return
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new UsageError(`--port must be a number up to 65535, not '${port}'`)
  }
  await ensureBuilt('page', 'library')
  const site = await serve({ '/': dist }, Number(port))
  console.log(`Longtab is at ${site.url} (Ctrl-C ends it)`)
})
