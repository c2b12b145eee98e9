#!/usr/bin/env node
// longtab COMMAND …: the package's `bin`. A command reads its own line from `process.argv`, as it does by `npm run` in a checkout.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './build/paths.ts'
import { completionOf, shells } from './program/completion.ts'
import { helpOf } from './program/help.ts'
import { chosenOf, type Chosen, type Subcommands } from './program/subcommand.ts'
import { command, UsageError } from './shell/command.ts'
import { named } from './shell/flag.ts'

const subcommands: Subcommands = {
  ask: {
    description: async () => (await import('./ask/options.ts')).description,
    run: () => import('./commands/ask.ts'),
  },
  batch: {
    description: async () => (await import('./batch/options.ts')).description,
    run: () => import('./commands/batch.ts'),
  },
  serve: {
    description: async () => (await import('./serve/options.ts')).description,
    run: () => import('./commands/serve.ts'),
  },
  models: {
    description: async () => (await import('./models/options.ts')).description,
    run: () => import('./commands/models.ts'),
  },
  'train heads': {
    description: async () => (await import('./training/heads_options.ts')).description,
    run: () => import('./commands/train_heads.ts'),
  },
  'train compressor': {
    description: async () => (await import('./training/compressor_options.ts')).description,
    run: () => import('./commands/train_compressor.ts'),
  },
  bench: {
    description: async () => (await import('./bench/options.ts')).description,
    run: () => import('./commands/bench.ts'),
  },
}

const [node = '', file = '', ...args] = process.argv
let chosen: Chosen | undefined

await command('longtab', async () => {
  const [first, second = ''] = args
  chosen = chosenOf(subcommands, args)
  if (chosen !== undefined) return
  if (first === '--help' || first === '-h' || first === 'help') {
    console.log(await helpOf(subcommands))
  } else if (first === '--version' || first === '-V') {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      version: string
    }
    console.log(version)
  } else if (first === 'completion') {
    console.log(await completionOf(subcommands, named('longtab completion', shells, second)))
  } else {
    const names = [
      ...Object.keys(subcommands),
      ...shells.map((shell) => `completion ${shell}`),
    ].join(', ')
    const told = first === undefined ? 'no command is named' : `'${args.join(' ')}' is no command`
    throw new UsageError(`${told}; the commands are ${names}, and longtab --help says what they do`)
  }
})

if (chosen !== undefined) {
  process.argv = [node, file, ...chosen.args]
  await chosen.subcommand.run()
}
