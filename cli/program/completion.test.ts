import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { given, oneOf, rest, text } from '../shell/flag.ts'
import { completionOf } from './completion.ts'

const flags = {
  files: rest('what is read'),
  out: text('FILE', 'where it goes'),
  storage: oneOf('P', ['f32', 'f16'], 'how it is stored').list(),
  fast: given('less of it'),
}
const subcommand = {
  description: async () => ({ usage: '', about: 'Does it.', flags }),
  run: async () => undefined,
}
const all = { ask: subcommand, 'train heads': subcommand, 'train compressor': subcommand }

/** What bash offers after these words; the last is the one that is being typed. */
async function offered(...words: string[]): Promise<string> {
  const line = ['longtab', ...words].map((word) => `'${word}'`).join(' ')
  const script = `${await completionOf(all, 'bash')}
COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _longtab; echo "\${COMPREPLY[*]}"`
  return spawnSync('bash', ['-c', script], { encoding: 'utf8' }).stdout.trim()
}

test.each([
  [[''], 'ask train completion'],
  [['tr'], 'train'],
  [['train', ''], 'heads compressor'],
  [['completion', 'z'], 'zsh'],
  [['ask', '--'], '--out --storage --fast --help'],
  [['train', 'heads', '--f'], '--fast'],
  [['ask', '--storage', ''], 'f32 f16'],
  [['ask', '--fast', '--storage', 'f1'], 'f16'],
  [['ask', '--out', ''], ''], // a file
  [['ask', 'a'], ''],
])('bash offers after %j: %s', async (words, expected) => {
  expect(await offered(...words)).toBe(expected)
})

test('fish has a line for each flag, with the values that are known', async () => {
  const lines = (await completionOf(all, 'fish')).split('\n')
  expect(lines).toContain(
    "complete -c longtab -n '__fish_seen_subcommand_from ask' -l storage -x -a 'f32 f16'",
  )
  expect(lines).toContain(
    "complete -c longtab -n '__fish_seen_subcommand_from train; and __fish_seen_subcommand_from heads' -l out -r",
  )
})
