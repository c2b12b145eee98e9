// Runs the sections of a GPU day on the machine with the GPU, from the copied folder, with only Node installed:
//
// node cli/commands/gpu_day.mjs [--out DIR] [--seconds N] [--only SECTION] … [--rehearse]
//
// Each section writes OUT/SECTION.json, whatever the result of the others, and OUT/day.md has the tables of all. The same
// command again continues with the rest.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { findChromium } from '../browser/chromium.ts'
import { command, UsageError } from '../shell/command.ts'
import { root } from '../build/paths.ts'
import { realModelsFolder } from '../models/real_model.ts'
import { commandLine } from '../shell/command_line.ts'
import { writeJson } from '../shell/json.ts'
import { dayFlags } from './flags.ts'
import { foundIn } from './found.ts'
import { nextTurn, type SectionRecord, type State, type Turn } from './record.ts'
import { sectionsOf, type Section } from './sections.ts'
import { dayTables } from './tables.ts'

await command('gpu-day', async () => {
  const given = commandLine({
    usage: 'node cli/commands/gpu_day.mjs [options]',
    about: 'Runs the sections of a GPU day.',
    flags: dayFlags,
  })
  const { only, rehearse } = given
  const seconds = given.seconds ?? (rehearse ? Infinity : 350)
  const out = resolve(given.out)
  await mkdir(out, { recursive: true })
  const all = sectionsOf({
    out,
    models: resolve(realModelsFolder()),
    headsModel: resolve(process.env['LONGTAB_HEADS_MODEL'] ?? 'heads-model'),
    corpus: resolve(process.env['LONGTAB_CORPUS'] ?? 'corpus'),
    chromium: findChromium(),
    rehearse,
  })
  const unknown = only.find((name) => all.every((section) => section.name !== name))
  if (unknown !== undefined) {
    const names = all.map(({ name }) => name).join(', ')
    throw new UsageError(`--only must be one of ${names}, not '${unknown}'`)
  }
  const sections = all.filter(({ name }) => only.length === 0 || only.includes(name))
  const ended = await runAll(sections, out, seconds, () => writeTables(out, all))
  const left = sections.filter(({ name }) => !ended.has(name)).map(({ name }) => name)
  if (left.length > 0) console.log(`left for another run: ${left.join(', ')}`)
  if ([...ended.values()].includes('failed')) process.exitCode = 1
})

/** @returns the state of every section that was ever run */
async function runAll(
  sections: readonly Section[],
  out: string,
  seconds: number,
  onRecord: () => Promise<void>,
): Promise<ReadonlyMap<string, State>> {
  const until = performance.now() + 1000 * seconds
  const states = new Map<string, State>()
  for (const { name } of sections) {
    const found = await readFile(join(out, `${name}.json`), 'utf8').catch(() => undefined)
    if (found !== undefined) states.set(name, (JSON.parse(found) as SectionRecord).state)
  }
  const tried = new Set<string>()
  for (;;) {
    const turn = nextTurn(sections, states, tried, (until - performance.now()) / 1000)
    if (turn === undefined) return states
    const { name } = turn.section
    tried.add(name)
    console.log(`── ${name}, at most ${turn.limitS.toFixed(0)} s`)
    const record = await take(turn)
    await writeJson(join(out, `${name}.json`), record)
    states.set(name, record.state)
    await onRecord()
    console.log(`── ${name}: ${record.sentence ?? record.state}, ${record.seconds} s`)
  }
}

async function writeTables(out: string, all: readonly Section[]): Promise<void> {
  await writeFile(join(out, 'day.md'), dayTables(await foundIn(out, all)))
}

async function take({ section, limitS }: Turn): Promise<SectionRecord> {
  const { name, needs, program, args } = section
  const date = new Date().toISOString()
  const told = { section: name, command: [program, ...args], limitS, date }
  const absent = needs.find(({ path }) => !existsSync(resolve(root, path)))
  if (absent !== undefined) {
    return { ...told, state: 'skipped', sentence: absent.otherwise, seconds: 0, printed: '' }
  }
  return { ...told, ...(await runFor(limitS, program, args)) }
}

type Ended = Pick<SectionRecord, 'state' | 'sentence' | 'seconds' | 'printed'>

/** In a process group of its own, so that its child processes end with it. */
function runFor(limitS: number, program: string, args: readonly string[]): Promise<Ended> {
  return new Promise((done) => {
    const began = performance.now()
    const child = spawn(program, args, {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { LONGTAB_WEBGPU: join(root, 'webgpu/index.js'), ...process.env },
    })
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (piece: string) => {
        process.stdout.write(piece)
        printed = (printed + piece).slice(-4000)
      })
    }
    let late = false
    const timer = setTimeout(() => {
      late = true
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    }, 1000 * limitS)
    const end = (state: State, sentence?: string) => {
      clearTimeout(timer)
      const seconds = Math.round((performance.now() - began) / 100) / 10
      done({ state, ...(sentence === undefined ? {} : { sentence }), seconds, printed })
    }
    child.on('error', ({ message }) => end('failed', `${program} could not be started: ${message}`))
    child.on('close', (status, signal) => {
      if (late)
        end('out of time', `ended after ${limitS.toFixed(0)} s; what it left by then is kept`)
      else if (status === 0) end('done')
      else end('failed', `ended with ${signal ?? `status ${status}`}`)
    })
  })
}
