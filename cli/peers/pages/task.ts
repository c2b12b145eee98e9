// What a contestant's page is given, and how it tells. Its functions are sent to the page as text: they import nothing and
// use only what is in them.
import type { Told } from '../record.ts'

export interface PageTask {
  /** address of the contestant's module */
  readonly library: string
  readonly device: 'webgpu' | 'wasm'
  readonly policy?: 'full'
  /** as transformers.js calls it */
  readonly dtype: string
  /** name of the GGUF file under /model/ */
  readonly gguf: string
  /** some tokens, read and answered first: what is compiled at first use is compiled then */
  readonly warmUp: string
  readonly text: string
  /** tokens of text and answer, and a few more */
  readonly room: number
  readonly answerTokens: number
  readonly threads: number
}

declare global {
  /** In the page: adds to what was told. */
  function tell(told: Told): Promise<void>
}
