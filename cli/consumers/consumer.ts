// One consumer of the package: how it is put together in a folder of its own, and what it answered there.
import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Page } from 'playwright'
import { root } from '../build/paths.ts'
import { builtInModel } from '../models/built_in.ts'
import { inTab } from '../browser/tab.ts'
import { RunError } from '../shell/command.ts'
import { askByHand, copyExample, examples } from './example.ts'
import { inExtension } from './extension.ts'

export const execute = promisify(execFile)

/** The folder of all consumers. */
export const consumersFolder = join(root, 'consumers')

/** What a consumer writes: the answer and the format that the file was read in, or what went wrong. */
export interface Told {
  readonly text?: string
  readonly format?: string
  readonly error?: string
}

/** Names of the consumers: one folder each, and the examples that are built like them. */
export async function consumerNames(): Promise<string[]> {
  const entries = await readdir(consumersFolder, { withFileTypes: true })
  const own = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return [...own, ...Object.keys(examples)]
}

/**
 * Copies a consumer, installs the packed module and the consumer's tools, and builds it where it has a build.
 * @param work an empty folder, which holds the consumer afterwards
 * @param tarball what `npm pack` made
 */
export async function buildConsumer(name: string, work: string, tarball: string): Promise<void> {
  await mkdir(work, { recursive: true })
  const example = examples[name]
  if (example === undefined) {
    for (const shared of ['letter.mjs', 'answer.mjs', 'page.mjs']) {
      await cp(join(consumersFolder, shared), join(work, shared))
    }
    await cp(join(consumersFolder, name), work, { recursive: true }) // a file of its own goes before a shared one
  } else await copyExample(example.folder, work)
  await npm(work, 'install', '--no-audit', '--no-fund', tarball)
  await npm(work, 'run', example?.build ?? 'build', '--if-present')
}

async function npm(folder: string, ...args: string[]): Promise<void> {
  try {
    await execute('npm', args, { cwd: folder, maxBuffer: 64 << 20 })
  } catch (error) {
    throw new RunError(`npm ${args.join(' ')} failed in ${folder}:\n${outputOf(error)}`)
  }
}

/** What a process wrote that failed. */
export function outputOf(error: unknown): string {
  const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
  return stdout + stderr
}

/** Runs a built consumer: its program where it has one, else its page in a browser. */
export async function runConsumer(name: string, work: string): Promise<Told> {
  if (name in examples) return byHand(name, work)
  const program = join(work, 'program.mjs')
  return existsSync(program) ? inProcess(work) : inPage(work)
}

async function inProcess(work: string): Promise<Told> {
  const { stdout } = await execute('npm', ['run', '--silent', 'answer', '--', builtInModel], {
    cwd: work,
  })
  return JSON.parse(stdout) as Told
}

/** Milliseconds: the software GPU compiles every kernel and reads some 60 tokens a second. */
const patience = 240_000

async function inPage(work: string): Promise<Told> {
  const built = join(work, 'out')
  const site = existsSync(built) ? built : work
  const mounts = { '/': `${site}/`, '/model/': builtInModel }
  return inTab({ title: 'consumer', adapter: 'software', mounts }, async (page, url) => {
    await page.goto(url)
    const output = page.locator('output')
    await output.filter({ hasText: '{' }).waitFor({ timeout: patience })
    return JSON.parse((await output.textContent()) ?? '') as Told
  })
}

/** Asks an example as a person does, with the same letter and question as the others. */
async function byHand(name: string, work: string): Promise<Told> {
  const { letter, question } = (await import(
    pathToFileURL(join(consumersFolder, 'letter.mjs')).href
  )) as Letter
  const path = join(work, 'letter.html')
  await writeFile(path, letter)
  const ask = (page: Page) => askByHand(page, path, question, patience)
  if (name === 'extension') return { text: await inExtension(join(work, 'out'), builtInModel, ask) }
  const mounts = { '/': `${join(work, 'out')}/`, '/model/': builtInModel }
  return inTab({ title: name, adapter: 'software', mounts }, async (page, url) => {
    await page.goto(`${url}?model=${url}model/`)
    return { text: await ask(page) }
  })
}

interface Letter {
  readonly letter: string
  readonly question: string
}
