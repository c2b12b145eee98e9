// Calls into a child process of Node, answered in the order of completion.
import { fork } from 'node:child_process'
import { RunError } from '../shell/command.ts'

/** Message to the process. */
interface Call {
  readonly id: number
  readonly name: string
  readonly given: readonly unknown[]
}

/** Message from the process: a result, or the stack of an error. */
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
  /** Throws RunError when the process has ended, and Error with the stack of the process's error. */
  call(name: string, ...given: readonly unknown[]): Promise<unknown>
  /** disconnects, and resolves when the process has ended */
  end(): Promise<void>
}

/**
 * @param file plain JavaScript, which answers calls by `process.send`; its output is inherited
 * @param title of the process, in errors
 */
export function startProcess(file: string, title: string): NodeProcess {
  // structured clones: settings may hold values that JSON lacks
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
