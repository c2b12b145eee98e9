// npm run fuzz: damaged files for every reader of foreign bytes. Each is read, or refused with one sentence, in 2 s and 1 GiB.
import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { root } from '../build/paths.ts'
import { inputOf } from '../fuzz/input.ts'
import { readerNamed, readers } from '../fuzz/readers.ts'
import { fuzz, type Ran } from '../fuzz/run.ts'
import { command, RunError } from '../shell/command.ts'
import { commandLine } from '../shell/command_line.ts'
import { oneOf, whole } from '../shell/flag.ts'

const flags = {
  reader: oneOf('NAME', Object.keys(readers), 'readers to try; all by default').list(),
  inputs: whole(1, 'damaged files for each reader').or('1000'),
  seed: whole(0, 'decides the damage with the round').or('1'),
  round: whole(0, 'the first round; with --inputs 1 it reads one input again').or('0'),
  minutes: whole(1, 'for each reader at most'),
}

/** Where files that fail are kept. */
const kept = resolve(root, 'test-results/fuzz')

await command('fuzz', async () => {
  const given = commandLine({
    usage: 'npm run fuzz -- [--reader NAME,NAME] [--inputs N] [--seed S] [--round R] [--minutes N]',
    about: 'Damages files of every kind and reads them.',
    flags,
  })
  const { seed, round, inputs, minutes } = given
  const failed: string[] = []
  for (const name of given.reader ?? Object.keys(readers)) {
    const until = minutes === undefined ? Infinity : Date.now() + minutes * 60_000
    const ran = await fuzz(name, seed, round, inputs, until)
    console.log(inWords(name, ran))
    if (ran.failures.length > 0) failed.push(name)
    for (const failure of ran.failures) await keep(name, seed, failure.round, failure.why)
  }
  if (failed.length > 0)
    throw new RunError(
      `${failed.join(', ')}: some inputs fail; they are kept in ${relative(root, kept)}`,
    )
})

function inWords(name: string, { inputs, read, failures }: Ran): string {
  const [all, some] = [inputs, read].map((count) => count.toLocaleString('en-US'))
  return `${name}: ${all} inputs, ${some} read, ${failures.length} failed`
}

/** Keeps the input and tells how it is read again. */
async function keep(name: string, seed: number, round: number, why: string): Promise<void> {
  await mkdir(kept, { recursive: true })
  const path = join(kept, `${name}-${seed}-${round}`)
  await writeFile(path, await inputOf(readerNamed(name), seed, round))
  await writeFile(`${path}.txt`, `${why}\n`)
  const [first] = why.split('\n')
  console.log(
    `  ${first ?? why}\n  npm run fuzz -- --reader ${name} --seed ${seed} --round ${round} --inputs 1`,
  )
}
