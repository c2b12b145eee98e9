// The twin in PyTorch (training/twin) as a process that answers one call after another, a line of JSON each way.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { RunError, UsageError } from '../shell/command.ts'
import { root } from '../build/paths.ts'

export interface TwinProcess {
  /** Throws RunError with the twin's own message where it fails or has ended. */
  call(name: 'open' | 'examine', given: object): Promise<unknown>
  end(): Promise<void>
}

interface Reply {
  readonly result?: unknown
  readonly error?: string
}

/** Throws UsageError where no Python with PyTorch is configured. */
export function startTwin(): TwinProcess {
  const python = process.env['LONGTAB_PYTHON'] ?? ''
  if (!existsSync(python)) {
    throw new UsageError(
      'the twin needs a Python with torch, numpy and safetensors; name its executable in LONGTAB_PYTHON',
    )
  }
  const child = spawn(python, ['-m', 'twin.serve'], {
    cwd: join(root, 'training'),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const exit = new Promise<void>((resolve) => child.once('close', () => resolve()))
  child.stdin.on('error', () => undefined) // a twin that has ended is reported by its missing answer
  return {
    async call(name, given) {
      child.stdin.write(`${JSON.stringify({ name, given })}\n`)
      const line = await lines.next()
      if (line.done === true) throw new RunError('the twin ended before it answered')
      const { result, error } = JSON.parse(line.value) as Reply
      if (error !== undefined) throw new RunError(`the twin failed: ${error}`)
      return result
    },
    end() {
      child.stdin.end()
      return exit
    },
  }
}
