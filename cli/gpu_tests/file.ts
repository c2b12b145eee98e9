// Runs one test file in this process, and sends each result to the parent process at once.
import { stripVTControlCharacters } from 'node:util'
import { startTests, type Task, type VitestRunner } from '@vitest/runner'
import { getTestName } from '@vitest/runner/utils'
import { becomePage, openGpu } from './page.ts'

/**
 * Test files by path from the root. The page's tests are left out, since they need a browser's files rather than its GPU.
 */
export const files = import.meta.glob([
  '/src/**/*.gpu.test.ts',
  '/src/real/*.real.test.ts',
  '!/src/page/**',
])

export interface Outcome {
  /** including its groups */
  readonly name: string
  readonly state: 'pass' | 'fail' | 'skip'
  readonly ms: number
  /** why it failed */
  readonly messages: readonly string[]
}

/**
 * Messages of this process: which test has begun, and the result of a test, of a group's hooks or of loading the file.
 */
export type Message = { readonly began: string } | { readonly ended: Outcome }

/** Default of a test and of a hook; many processes may use the GPU at once. */
const timeoutMs = 120_000

/**
 * @param checkout the folder of the repository
 * @param names of the tests to run, a regular expression; all by default
 */
export async function runFile(path: string, checkout: string, names?: string): Promise<void> {
  process.once('disconnect', () => process.exit(1)) // the parent process is gone
  await becomePage((await openGpu()).gpu, checkout)
  const told = new Set<Task>()
  const [file] = await startTests(
    [path],
    runner(told, names === undefined ? undefined : new RegExp(names)),
  )
  for (const task of file === undefined ? [] : inside(file)) {
    // failures outside the tests, and tests that never began
    const silent = task.type === 'suite' && !task.result?.errors?.length
    if (!silent && !told.has(task)) await tell({ ended: outcome(task) })
  }
}

/** @param told gets the tests that were reported */
function runner(told: Set<Task>, testNamePattern: RegExp | undefined): VitestRunner {
  return {
    config: {
      root: '/',
      name: undefined,
      setupFiles: [],
      passWithNoTests: false,
      testNamePattern,
      allowOnly: false,
      sequence: { seed: 0, hooks: 'stack', setupFiles: 'list' },
      chaiConfig: undefined,
      maxConcurrency: 1,
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      retry: 0,
      includeTaskLocation: false,
      tags: [],
      tagsFilter: undefined,
      strictTags: false,
    },
    importFile: (path) => files[path]?.(),
    onBeforeRunTask: (test) => tell({ began: nameOf(test) }),
    onAfterRunTask(test) {
      told.add(test)
      return tell({ ended: outcome(test) })
    },
  }
}

function inside(task: Task): Task[] {
  return task.type === 'test' ? [task] : [task, ...task.tasks.flatMap(inside)]
}

function outcome(task: Task): Outcome {
  const state = task.result?.state
  return {
    name: nameOf(task),
    state: state === 'pass' || state === 'fail' ? state : 'skip',
    ms: Math.round(task.result?.duration ?? 0),
    messages: (task.result?.errors ?? []).map(({ message, diff }) =>
      diff === undefined ? message : `${message}\n${stripVTControlCharacters(diff)}`,
    ),
  }
}

function nameOf(task: Task): string {
  return getTestName(task, ' > ') || 'the file or its hooks'
}

function tell(message: Message): Promise<void> {
  return new Promise((done) => process.send?.(message, () => done()))
}
