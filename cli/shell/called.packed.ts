// How a command is called where the package is installed.
import type * as checkout from './called.ts'

export const called: typeof checkout.called = (command, form) =>
  ['longtab', command, form].join(' ').trimEnd()
