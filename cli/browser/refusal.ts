// Carries the engine's errors from the tab to the command line.
import { RunError, UsageError } from '../shell/command.ts'

/** An error of the engine: its code and its message. */
export interface Refusal {
  readonly code: string
  readonly message: string
}

/** The tab's result. Throws UsageError or RunError with the engine's message if the result is an error. */
export function unlessRefused<Outcome extends object>(outcome: Outcome | Refusal): Outcome {
  if (!('code' in outcome)) return outcome
  const { code, message } = outcome
  throw code === 'bad-setting' ? new UsageError(message) : new RunError(message)
}
