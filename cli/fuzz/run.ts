// The long form: a reader's inputs in a process of their own, which is ended where it is silent and begun again behind the
// input that it was at.
import { fork } from 'node:child_process'
import { resolve } from 'node:path'
import type { Told } from './child.ts'
import { most } from './limits.ts'

export interface Failure {
  readonly round: number
  readonly why: string
}

export interface Ran {
  /** inputs that were read or refused */
  readonly inputs: number
  /** inputs that were read in spite of their damage */
  readonly read: number
  readonly failures: readonly Failure[]
}

interface Part {
  /** the round behind the last */
  readonly end: number
  readonly read: number
  readonly failures: readonly Failure[]
}

/** Rounds between two counts of what was read. */
const roundsPerPart = 5000

/** Failures after which a reader is given up. */
const mostFailures = 25

/** @param until ms since 1970 after which no other input is begun */
export async function fuzz(
  name: string,
  seed: number,
  first: number,
  inputs: number,
  until = Infinity,
): Promise<Ran> {
  const failures: Failure[] = []
  let read = 0
  let at = first
  const end = first + inputs
  while (at < end && failures.length < mostFailures && Date.now() < until) {
    const part = await runPart(name, seed, at, Math.min(end, at + roundsPerPart), until)
    failures.push(...part.failures)
    read += part.read
    at = part.end
  }
  return { inputs: at - first, read, failures }
}

/** Rounds up to `end`, or up to one that ended the process. */
function runPart(
  name: string,
  seed: number,
  first: number,
  end: number,
  until: number,
): Promise<Part> {
  const child = fork(
    resolve(import.meta.dirname, 'child.ts'),
    [name, seed, first, end, until].map(String),
    {
      execArgv: ['--import', 'tsx/esm', `--max-old-space-size=${most.heapMiB}`],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    },
  )
  const failures: Failure[] = []
  let round = first
  let done: Extract<Told, { done: number }> | undefined
  let said = ''
  let isSilent = false
  child.stderr?.on('data', (text) => (said = (said + String(text)).slice(-2000)))
  const silence = setTimeout(() => {
    isSilent = true
    child.kill('SIGKILL')
  }, most.silentMs)
  child.on('message', (told: Told) => {
    silence.refresh()
    if ('round' in told) round = told.round
    else if ('failed' in told) failures.push({ round: told.failed, why: told.why })
    else done = told
  })
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(silence)
      if (done !== undefined) {
        resolve({ end: done.done, read: done.read, failures })
        return
      }
      const how = isSilent
        ? `it said nothing for ${most.silentMs} ms`
        : `the process ended with ${code ?? 'a signal'}: ${said}`
      const isKnown = failures.at(-1)?.round === round
      resolve({
        end: round + 1,
        read: 0,
        failures: isKnown ? failures : [...failures, { round, why: how }],
      })
    })
  })
}
