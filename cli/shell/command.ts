// How every command ends: 0 when done, 1 when the work failed, 2 when it was asked wrongly. Failures people can act on
// are one line on stderr; anything else is a defect and keeps its stack.
import { constants } from 'node:os'

/** The command line is wrong: an unknown flag, a missing file, a value out of range. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The work could not be done, and the message says why. */
export class RunError extends Error {
  override readonly name = 'RunError'
}

/**
 * Runs a command's body and sets the exit code. `name` starts the line of an error. A signal ends the process at once;
 * Playwright then takes its browsers along.
 */
export async function command(name: string, body: () => Promise<void>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]))
  }
  process.stdout.once('error', () => process.exit(1)) // whoever read our output has left
  try {
    await body()
  } catch (error) {
    process.exitCode = error instanceof UsageError ? 2 : 1
    const known = error instanceof UsageError || error instanceof RunError
    console.error(known ? `${name}: ${error.message}` : error)
  }
}
