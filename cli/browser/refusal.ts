// The engine's errors on their way from the tab to the command line.
import { RunError, UsageError } from '../shell/command.ts'

/** An error of the engine: its code and its sentence. */
export interface Refusal {
  readonly code: string
  readonly message: string
}

/** What the tab gave. Throws UsageError or RunError with the engine's own sentence where it refused. */
export function unlessRefused<Outcome extends object>(outcome: Outcome | Refusal): Outcome {
  if (!('code' in outcome)) return outcome
  const { code, message } = outcome
  throw code === 'bad-setting' ? new UsageError(message) : new RunError(message)
}
