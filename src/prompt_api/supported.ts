// What a session is asked for and cannot do.
import type { CoreOptions } from './options.ts'

/** A sentence that names it; undefined where all can be done. */
export function unsupportedIn(options: CoreOptions): string | undefined {
  const { expectedInputs = [], expectedOutputs = [], tools = [] } = options
  const other = [...expectedInputs, ...expectedOutputs].find(({ type }) => type !== 'text')
  if (other !== undefined) return `content of type ${other.type} is not understood: expect text`
  if (tools.length > 0) return 'tools are not called here: leave out tools'
  return undefined
}
