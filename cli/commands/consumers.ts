// npm run consumers [-- --only NAME,NAME]: packs the module as npm would publish it, checks the package, and lets each consumer install it, build
// with it and answer a question. All must give the same answer.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt } from '../build/fresh.ts'
import { root } from '../build/paths.ts'
import {
  buildConsumer,
  consumerNames,
  execute,
  outputOf,
  runConsumer,
  type Told,
} from '../consumers/consumer.ts'
import { command, RunError } from '../shell/command.ts'
import { commandLine } from '../shell/command_line.ts'
import { oneOf } from '../shell/flag.ts'

/** What consumers/answer.mjs gets of the built-in model. Examples show no format. */
const expected: Told = { text: 'The pass key is 09090.', format: 'html' }

await command('consumers', async () => {
  const names = await consumerNames()
  const { only } = commandLine({
    usage: 'npm run consumers [-- OPTION …]',
    about:
      'Packs the module, builds with it by every bundler that we know of, and asks each result a question.',
    flags: { only: oneOf('name', names, 'these consumers alone').list() },
  })
  await ensureBuilt('library', 'shell')
  const work = await mkdtemp(join(tmpdir(), 'longtab-consumers-'))
  try {
    const tarball = await pack(work)
    const failed: string[] = []
    if (only === undefined) await checkPackage(tarball)
    for (const name of only ?? names) {
      const told = await tried(join(work, name), tarball, name)
      const right =
        told.text?.trim() === expected.text && (told.format ?? expected.format) === expected.format
      if (!right) failed.push(name)
      console.log(`${right ? 'right' : 'WRONG'}  ${name}: ${told.error ?? JSON.stringify(told)}`)
    }
    if (failed.length > 0) throw new RunError(`${failed.join(', ')} did not answer`)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
})

/** Packs the module as npm would publish it. Gives the path of the archive. */
async function pack(into: string): Promise<string> {
  const args = ['pack', '--json', '--pack-destination', into]
  const { stdout } = await execute('npm', args, { cwd: root })
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }]
  return join(into, filename)
}

/** Entry points and types as other tools resolve them. The package is for `import` alone. */
async function checkPackage(tarball: string): Promise<void> {
  const checks = [
    ['publint@0.3.25', tarball, '--strict'],
    ['@arethetypeswrong/cli@0.18.5', tarball, '--profile', 'esm-only'],
  ]
  for (const [tool = '', ...args] of checks) {
    try {
      await execute('npx', ['--yes', tool, ...args])
    } catch (error) {
      throw new RunError(`${tool} finds fault with the package:\n${outputOf(error)}`)
    }
    console.log(`right  ${tool}`)
  }
}

async function tried(work: string, tarball: string, name: string): Promise<Told> {
  try {
    await buildConsumer(name, work, tarball)
    return await runConsumer(name, work)
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
