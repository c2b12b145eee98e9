// npm run faults [-- NAME …]: puts faults that were mended back, one by one, each in a copy of the sources, and demands that
// the test that holds the mending fails.
import { allFaults } from '../faults/fault.ts'
import { copyTree } from '../faults/copy.ts'
import { command, RunError, UsageError } from '../shell/command.ts'
import { commandLine } from '../shell/command_line.ts'
import { rest } from '../shell/flag.ts'

await command('faults', async () => {
  const { names } = commandLine({
    usage: 'npm run faults [-- NAME …]',
    about: 'Puts mended faults back and demands that their tests fail.',
    flags: { names: rest('faults by name, without .patch (default: all)') },
  })
  const all = await allFaults()
  const unknown = names.find((name) => !all.some((fault) => fault.name === name))
  if (unknown !== undefined)
    throw new UsageError(`there is no faults/${unknown}.patch; ls faults lists them`)
  const chosen = all.filter(({ name }) => names.length === 0 || names.includes(name))

  const unnoticed: string[] = []
  const copy = await copyTree()
  try {
    for (const fault of chosen) {
      const why = await copy.tried(fault)
      if (why !== undefined) unnoticed.push(fault.name)
      console.log(
        why === undefined ? `noticed    ${fault.name}` : `UNNOTICED  ${fault.name}: ${why}`,
      )
    }
  } finally {
    await copy.remove()
  }
  console.log(`${chosen.length - unnoticed.length} of ${chosen.length} faults were noticed`)
  if (unnoticed.length > 0) throw new RunError(`nothing noticed ${unnoticed.join(', ')}`)
})
