// npm run bench:quality:join: joins the folders of a quality run's shards into that of one run, and makes its report.
import { comparedWith } from '../quality/policies.ts'
import { joinFolders } from '../quality/join.ts'
import { writeReport } from '../quality/folder.ts'
import { command, UsageError } from '../shell/command.ts'
import { commandLine } from '../shell/command_line.ts'
import { isFolder } from '../shell/files.ts'
import { rest, text } from '../shell/flag.ts'

await command('bench:quality:join', async () => {
  const { out, shards, against } = commandLine({
    usage: 'npm run bench:quality:join -- --out DIR SHARD SHARD …',
    about: 'Joins the folders of a quality run’s shards into the folder of one run.',
    flags: {
      shards: rest('folders that npm run bench:quality wrote'),
      out: text('DIR', 'what they are joined to').needed(),
      against: text('P', 'the policy that the report compares all others with (default: locret)'),
    },
  })
  for (const shard of shards)
    if (!isFolder(shard)) throw new UsageError(`${shard} is no folder; name a shard’s --out`)
  const { run, records } = await joinFolders(out, shards)
  const labels = records.map(({ policy }) => policy)
  const report = await writeReport(out, records, run, comparedWith(against, labels))
  console.error(`${records.length} samples; the report is in ${report}`)
})
