// End-to-end tests: the built page and module in a real browser, WebGPU in software. What they open is served by the
// fixtures, on a port of its own for every run.
import { defineConfig } from 'playwright/test'
import { softwareGpu } from '../cli/browser/chromium.ts'

export default defineConfig({
  testMatch: '*.spec.ts',
  outputDir: '../test-results',
  forbidOnly: process.env['CI'] !== undefined,
  retries: 1,
  workers: 1, // a browser in software keeps one core busy; `npm test` runs other parts beside
  timeout: 120_000,
  globalTimeout: 25 * 60_000, // some 15 minutes where nothing else runs
  use: {
    browserName: 'chromium',
    launchOptions: softwareGpu(),
    serviceWorkers: 'block', // requests are watched and answered by tests; offline.spec.ts allows it
  },
})
