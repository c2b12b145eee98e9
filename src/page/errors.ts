// What went wrong, in words for the person at the screen: a title, the error's own sentence, and what to try.
import type { ErrorCode } from '../index.ts'

/** What the page can offer to do about a problem. */
export type Remedy = 'retry' | 'settings' | 'model' | 'document'

export interface Problem {
  readonly code: ErrorCode | 'unknown'
  readonly title: string
  /** one sentence, capitalised and with its full stop */
  readonly message: string
  readonly suggestion: string
  readonly remedies: readonly Remedy[]
}

type Advice = Omit<Problem, 'code' | 'message'>

const advice: Record<ErrorCode, Advice> = {
  'no-webgpu': {
    title: 'This browser cannot use the GPU here',
    suggestion:
      'Longtab needs WebGPU: a current Chrome, Edge, Safari or Firefox on a computer or phone with a GPU, and a page that comes over https or from localhost. On Linux, Chrome may need “WebGPU” switched on at chrome://flags.',
    remedies: [],
  },
  'device-lost': {
    title: 'The GPU was lost',
    suggestion:
      'This happens when a driver restarts, a laptop sleeps or memory runs short. Your document and the answers so far are still here; load the model again to continue.',
    remedies: ['retry', 'settings'],
  },
  'gpu-error': {
    title: 'The GPU reported an error',
    suggestion:
      'This may be a fault in Longtab or in the graphics driver. Load again to go on; if it comes back, update the driver or report the sentence above.',
    remedies: ['retry', 'settings'],
  },
  'bad-numbers': {
    title: 'The model’s numbers went wrong',
    suggestion:
      'Whatever it answered from here on would be nonsense, so it stops. Choose another model, or another file of this one.',
    remedies: ['model', 'settings'],
  },
  'out-of-memory': {
    title: 'The GPU is out of memory',
    suggestion:
      'Lower the budget or the chunk in the settings, or close other tabs that use the GPU.',
    remedies: ['settings', 'retry'],
  },
  'does-not-fit': {
    title: 'This does not fit on the GPU',
    suggestion: 'Nothing was allocated. Lower the budget, or choose a smaller model.',
    remedies: ['settings', 'model'],
  },
  'unsupported-model': {
    title: 'This model is not supported',
    suggestion: 'Choose a model of a supported kind; the built-in one always works.',
    remedies: ['model'],
  },
  'bad-file': {
    title: 'A file is not right',
    suggestion:
      'It may belong to another model, or have been cut while downloading. Choose another file, or fetch it again.',
    remedies: ['model', 'retry'],
  },
  'other-model': {
    title: 'This document was read with another model',
    suggestion:
      'A saved document opens with the model, heads and settings that it was read with. Open it from the list of saved documents, which loads them.',
    remedies: ['model'],
  },
  'bad-setting': {
    title: 'These settings do not work together',
    suggestion: 'Change them, or go back to the defaults.',
    remedies: ['settings'],
  },
  'bad-input': {
    title: 'This cannot be read',
    suggestion:
      'Longtab reads text, PDF, Word, EPUB, HTML and other documents. If it cannot read this one, save or export it as text.',
    remedies: ['document'],
  },
  'needs-password': {
    title: 'This document is locked',
    suggestion: 'Enter its password; it stays on this page.',
    remedies: ['document'],
  },
  diverged: {
    title: 'The training diverged',
    suggestion:
      'The heads of the last checkpoint are kept. Start again with a lower learning rate.',
    remedies: ['settings'],
  },
  network: {
    title: 'The model could not be fetched',
    suggestion: 'The part that has arrived is kept; the next download continues from there.',
    remedies: ['retry', 'model'],
  },
  'no-access': {
    title: 'This model is not open to everyone',
    suggestion:
      'Sign in to the Hub, accept the terms on the model’s page, make an access token there and enter it under Model. It is kept in memory only.',
    remedies: ['model'],
  },
  'storage-full': {
    title: 'There is no room to keep this',
    suggestion:
      'Delete a stored model under Model, free disk space, or load without keeping. The part that has arrived is kept, and the download continues from there.',
    remedies: ['model', 'retry'],
  },
  'worker-failed': {
    title: 'The engine’s worker is gone',
    suggestion:
      'Your document and the answers so far are still here. Load again to go on; if it comes back, close other tabs, or look whether something blocks scripts of this page.',
    remedies: ['retry'],
  },
  closed: {
    title: 'The model was closed',
    suggestion: 'Load it again to go on.',
    remedies: ['retry'],
  },
  aborted: { title: 'Cancelled', suggestion: '', remedies: [] },
  internal: {
    title: 'Longtab made a mistake',
    suggestion: 'Load again to go on, and please report the sentence above.',
    remedies: ['retry'],
  },
}

/** The same where heads are trained. */
const trainingAdvice: Partial<Record<ErrorCode, Advice>> = {
  'device-lost': {
    title: 'The GPU was lost again',
    suggestion:
      'It was lost once more after a restart. The heads of the last checkpoint are kept; close other tabs that use the GPU, then continue.',
    remedies: ['retry', 'settings'],
  },
  'out-of-memory': {
    title: 'The GPU is out of memory',
    suggestion:
      'Choose a shorter training length or narrower heads, or close other tabs that use the GPU.',
    remedies: ['settings', 'retry'],
  },
  'does-not-fit': {
    title: 'This training does not fit on the GPU',
    suggestion: 'Nothing was allocated. Choose a shorter training length, or a smaller model.',
    remedies: ['settings', 'model'],
  },
  'bad-input': {
    title: 'This cannot be trained with',
    suggestion: 'Correct or remove what it names, or train on made-up documents.',
    remedies: ['settings'],
  },
}

/** Explains any thrown value. Errors may come from a worker, so they are known by their code and not by their class. */
export function explain(error: unknown, doing: 'read' | 'train' = 'read'): Problem {
  const code = errorCode(error)
  const message = asSentence(error instanceof Error ? error.message : String(error))
  if (code !== undefined) {
    const fitting = doing === 'train' ? trainingAdvice[code] : undefined
    return { code, message, ...(fitting ?? advice[code]) }
  }
  return {
    code: 'unknown',
    message,
    title: 'Something went wrong',
    suggestion:
      'This looks like a fault in Longtab. Trying again may help; your text is still here.',
    remedies: ['retry', 'model'],
  }
}

/** The error's code, when it is one of ours. */
export function errorCode(error: unknown): ErrorCode | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  const { code } = error
  return typeof code === 'string' && code in advice ? (code as ErrorCode) : undefined
}

/** Capitalised and with its full stop. */
export function asSentence(text: string): string {
  const trimmed = text.trim()
  if (trimmed === '') return 'No reason was given.'
  // A message that begins with a name, such as report.pdf, keeps it as it is.
  const capital = trimmed.replace(
    /^[a-z]+(?=[\s,;]|$)/,
    (word) => word.charAt(0).toUpperCase() + word.slice(1),
  )
  return /[.!?]$/.test(capital) ? capital : `${capital}.`
}
