// npm run batch:join: joins the files of a batch's shards into that of one run.
import { readFile } from 'node:fs/promises'
import { joined } from '../batch/join.ts'
import { writeLines } from '../batch/output.ts'
import { command, UsageError } from '../shell/command.ts'
import { commandLine } from '../shell/command_line.ts'
import { requireFile, requireWritable } from '../shell/files.ts'
import { rest, text } from '../shell/flag.ts'

await command('batch:join', async () => {
  const { out, shards } = commandLine({
    usage: 'npm run batch:join -- --out FILE.jsonl SHARD.jsonl SHARD.jsonl …',
    about: 'Joins the files of a batch’s shards into the file of one run.',
    flags: {
      shards: rest('files that npm run batch wrote'),
      out: text('FILE', 'what they are joined to').needed(),
    },
  })
  if (shards.length === 0) throw new UsageError('name the files that are to be joined')
  for (const shard of shards) requireFile('shard', shard)
  requireWritable('--out', out)
  const files = shards.map(async (path) => ({ path, text: await readFile(path, 'utf8') }))
  await writeLines(out, joined(await Promise.all(files)))
})
