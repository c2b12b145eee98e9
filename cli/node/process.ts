// Calls into another process of Node, answered as they are done.
import { fork } from 'node:child_process'
import { RunError } from '../shell/command.ts'

/** What the process is sent. */
interface Call {
  readonly id: number
  readonly name: string
  readonly given: readonly unknown[]
}

/** What it sends back: a result, or the stack of an error. */
interface Reply {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

interface Waiting {
  readonly done: (result: unknown) => void
  readonly failed: (error: Error) => void
}

export interface NodeProcess {
  /** Throws RunError where the process has ended, and Error with the stack of what it threw. */
  call(name: string, ...given: readonly unknown[]): Promise<unknown>
  /** lets go of it, and resolves when it has ended */
  end(): Promise<void>
}

/**
 * @param file plain JavaScript, which answers calls by `process.send`; what it prints goes where ours goes
 * @param title of the process, in errors
 */
export function startProcess(file: string, title: string): NodeProcess {
  // structured clones: settings may hold what JSON does not
  const child = fork(file, { execArgv: [], serialization: 'advanced' })
  const waiting = new Map<number, Waiting>()
  let calls = 0
  let ended: RunError | undefined
  const exit = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = new RunError(`${title} ended ${signal ? `by ${signal}` : `with code ${code}`}`)
      for (const { failed } of waiting.values()) failed(ended)
      waiting.clear()
      resolve()
    })
  })
  child.on('message', ({ id, result, error }: Reply) => {
    const caller = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) caller?.done(result)
    else caller?.failed(new Error(error))
  })
  return {
    call: (name, ...given) =>
      new Promise((done, failed) => {
        if (ended) throw ended
        const call: Call = { id: ++calls, name, given }
        waiting.set(call.id, { done, failed })
        child.send(call, (error) => {
          if (error && waiting.delete(call.id)) failed(ended ?? error)
        })
      }),
    end() {
      if (child.connected) child.disconnect()
      return exit
    },
  }
}
