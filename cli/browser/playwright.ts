// Playwright, which drives the browser. The package does not bring it: it is needed where the engine runs in Chromium only.
import { createRequire } from 'node:module'
import type * as playwright from 'playwright'
import { RunError } from '../shell/command.ts'

const require = createRequire(import.meta.url)

/** Throws RunError where it is not installed. */
export function chromiumDriver(): playwright.BrowserType {
  try {
    return (require('playwright') as typeof playwright).chromium
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND'))
      throw error
    throw new RunError(
      'the engine needs a browser and playwright is not installed; run npm install playwright, or npm install webgpu and give --adapter node to ask, serve or train',
    )
  }
}
