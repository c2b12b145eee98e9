// The one error class users meet. Messages are one lower-case sentence that names the thing, gives both numbers where
// there are two, and says what to do.

export type ErrorCode =
  | 'no-webgpu' // the browser has no WebGPU, or no adapter could be had
  | 'device-lost' // the GPU went away; loading the model again starts afresh
  | 'gpu-error' // the GPU refused a command or failed at one; loading the model again starts afresh
  | 'out-of-memory' // the device refused an allocation
  | 'does-not-fit' // refused before allocating: bytes needed against bytes allowed
  | 'unsupported-model' // architecture or feature this engine does not know
  | 'bad-file' // a model, tokenizer or heads file that is cut, inconsistent or of the wrong shape
  | 'bad-setting' // budget, chunk, stabilizers … that cannot work together
  | 'bad-input' // a document or question that cannot be read
  | 'diverged' // a training whose loss is not a number
  | 'network' // a download that failed or was cut
  | 'no-access' // a private or gated file: its server wants a token, or another one
  | 'storage-full' // the browser has no room to keep a download
  | 'aborted' // the caller's signal

/** Longest message; beyond it a file's own words would drown ours. */
const longest = 1000

/** An error with a code to branch on and a message fit to show: one line, whatever a file that it quotes may hold. */
export class LongtabError extends Error {
  override readonly name = 'LongtabError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(inOneLine(message), options)
    this.code = code
  }
}

function inOneLine(message: string): string {
  const line = message.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`
}

/** Throws a LongtabError `aborted` when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined, doing: string): void {
  if (signal?.aborted) throw new LongtabError('aborted', `${doing} was cancelled`)
}
