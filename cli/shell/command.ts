// Exit codes of every command: 0 for success, 1 for failed work, 2 for wrong usage. Failures that people can act on are
// one line on stderr; anything else is a defect and keeps its stack.
import { constants } from 'node:os'
import { CommanderError } from 'commander'
import { inOneLine } from '../../src/api/errors.ts'
import { asTyped } from './typed.ts'

/** The command line is wrong: an unknown flag, a missing file, a value out of range. */
export class UsageError extends Error {
  override readonly name = 'UsageError'

  /** In one line, whatever a file that it quotes may hold. */
  constructor(message: string, options?: ErrorOptions) {
    super(inOneLine(message), options)
  }
}

/** The work failed for the reason in the message. */
export class RunError extends Error {
  override readonly name = 'RunError'
}

/**
 * Runs a command's body and sets the exit code. `name` starts the line of an error. A signal ends the process at once;
 * Playwright then closes its browsers.
 */
export async function command(name: string, body: () => Promise<void>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]))
  }
  process.stdout.once('error', () => process.exit(1)) // the reader of our output has closed it
  try {
    await body()
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return // it has printed the help
    process.exitCode = error instanceof UsageError ? 2 : 1
    const known = error instanceof UsageError || error instanceof RunError
    console.error(known ? `${name}: ${asTyped(error.message)}` : error)
  }
}
