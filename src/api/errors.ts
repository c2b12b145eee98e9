// The one error class users meet. Messages are one lower-case sentence that names the thing, gives both numbers where
// there are two, and says what to do.

/**
 * What went wrong, to branch on.
 *
 * - `no-webgpu`: the browser has no WebGPU, or no adapter could be had.
 * - `device-lost`: the GPU went away; the model must be loaded again.
 * - `gpu-error`: the GPU refused a command, failed at one or computes wrongly; the model must be loaded again.
 * - `bad-numbers`: infinities or NaN came up in the model; the sentence names the step.
 * - `out-of-memory`: the device refused an allocation.
 * - `does-not-fit`: bytes needed exceed bytes allowed; refused before anything is allocated.
 * - `unsupported-model`: this engine does not know the architecture, or a feature of it.
 * - `bad-file`: a model, tokenizer or heads file is cut, inconsistent or of the wrong shape; a saved document is cut or damaged.
 * - `other-model`: a saved document was read with another model, other heads or another compressor.
 * - `bad-setting`: a setting is out of range, or settings cannot work together.
 * - `bad-input`: a document, question or training file cannot be used.
 * - `needs-password`: a document is encrypted, and no password was given or the one given does not open it.
 * - `diverged`: the loss of a training is not a number.
 * - `network`: a download failed or was cut.
 * - `no-access`: a file is private or gated, and its server wants a token or another one.
 * - `storage-full`: the browser has no room to keep a download.
 * - `worker-failed`: the engine's worker could not be started, or ended by itself.
 * - `closed`: the model was closed, and the call came later or was under way.
 * - `aborted`: the caller's signal fired.
 * - `internal`: a fault in Longtab; the sentence is worth a report.
 */
export type ErrorCode =
  | 'no-webgpu'
  | 'device-lost'
  | 'gpu-error'
  | 'bad-numbers'
  | 'out-of-memory'
  | 'does-not-fit'
  | 'unsupported-model'
  | 'bad-file'
  | 'other-model'
  | 'bad-setting'
  | 'bad-input'
  | 'needs-password'
  | 'diverged'
  | 'network'
  | 'no-access'
  | 'storage-full'
  | 'worker-failed'
  | 'closed'
  | 'aborted'
  | 'internal'

/** Longest message; beyond it a file's own words would drown ours. */
const longest = 1000

/** An error with a code to branch on and a message fit to show: one line, whatever a file that it quotes may hold. */
export class LongtabError extends Error {
  /** The name is `LongtabError` always. */
  override readonly name = 'LongtabError'
  /** What went wrong, to branch on. */
  readonly code: ErrorCode

  /** Makes an error; line breaks in the message become spaces, and it is cut at 1,000 characters. */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(inOneLine(message), options)
    this.code = code
  }
}

/** A message as one line of at most 1,000 characters. */
export function inOneLine(message: string): string {
  const line = message.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`
}

/** Every error leaves with a code: what none of ours has foreseen is a fault of ours. */
export function coded(error: unknown): LongtabError {
  if (error instanceof LongtabError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new LongtabError(
    'internal',
    `Longtab failed where it should not: ${message}; load the model again, and report this sentence`,
    { cause: error },
  )
}

/** Throws a LongtabError `aborted` when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined, doing: string): void {
  if (signal?.aborted) throw new LongtabError('aborted', `${doing} was cancelled`)
}
