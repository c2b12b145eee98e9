import { expect, test } from 'vitest'
import { given } from '../shell/flag.ts'
import { helpOf } from './help.ts'
import { chosenOf, type Subcommand } from './subcommand.ts'

function pretended(about: string): Subcommand {
  const description = { usage: '', about, flags: { fast: given('less of it') } }
  return { description: async () => description, run: async () => undefined }
}

const all = {
  ask: pretended('Answers. At length.'),
  'train heads': pretended('Trains.'),
}

test('a command is chosen by its one or two words, and keeps what follows', () => {
  expect(chosenOf(all, ['ask', 'heads'])).toEqual({ subcommand: all.ask, args: ['heads'] })
  expect(chosenOf(all, ['train', 'heads', '--fast'])).toEqual({
    subcommand: all['train heads'],
    args: ['--fast'],
  })
})

test.each([[[]], [['train']], [['heads']], [['--ask']], [['constructor']]])(
  '%j is no command',
  (args) => {
    expect(chosenOf(all, args)).toBeUndefined()
  },
)

test('help has a line for each command, with its first sentence', async () => {
  const lines = (await helpOf(all)).split('\n')
  expect(lines).toContain('  ask               Answers.')
  expect(lines).toContain('  train heads       Trains.')
})
