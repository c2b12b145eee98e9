// npm start [-- --port N]: builds what changed, serves the page on this machine and prints its address.
import { parseArgs } from 'node:util'
import { dist, ensureBuilt } from './fresh.ts'
import { command, UsageError } from './command.ts'
import { serve } from './serve.ts'

await command('start', async () => {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '5173' } } })
  if (!/^\d{1,5}$/.test(values.port))
    throw new UsageError(`--port must be a number, not '${values.port}'`)
  await ensureBuilt('page', 'library')
  const site = await serve({ '/': dist }, Number(values.port))
  console.log(`Longtab is at ${site.url} (Ctrl-C ends it)`)
})
