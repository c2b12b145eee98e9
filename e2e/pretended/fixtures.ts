// The built page with a pretended GPU and a pretended engine: every state of the page can be had at once, and held.
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { build, type Rolldown } from 'vite'
import { root } from '../../cli/build/paths.ts'
import { test as base } from '../fixtures.ts'
import type { Held, Stage } from './engine.ts'

export const test = base.extend<object, { readonly engineScript: string }>({
  engineScript: [
    async ({}, use) => {
      const built = (await build({
        configFile: false,
        root,
        logLevel: 'silent',
        publicDir: false,
        build: {
          write: false,
          lib: {
            entry: join(root, 'e2e/pretended/engine.ts'),
            formats: ['es'],
            fileName: 'engine',
          },
        },
      })) as Rolldown.RolldownOutput[]
      const [script] = built.flatMap(({ output }) => output)
      if (script?.type !== 'chunk') throw new Error('the pretended engine was not built')
      await use(script.code)
    },
    { scope: 'worker' },
  ],
})

const engine = /\/assets\/worker-[^/]*\.js$/

/** @param held stages that the engine stays at until it may go on */
export async function pretendEngine(
  page: Page,
  script: string,
  held: readonly Stage[] = [],
): Promise<void> {
  const body = `self.held = ${JSON.stringify(held)};\n${script}`
  await page.route(engine, (route) => route.fulfill({ contentType: 'text/javascript', body }))
}

/** Lets the engine pass a stage. */
export async function goOn(page: Page, stage: Stage): Promise<void> {
  const worker = page.workers().findLast((one) => engine.test(one.url()))
  if (worker === undefined) throw new Error('no engine was started')
  await worker.evaluate((stage) => (self as unknown as Held).goOn(stage), stage)
}

/** A GPU that most models fit. Before the page is opened. */
export async function pretendGpu(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const bytes = 4 * 2 ** 30
    const adapter = {
      info: { vendor: 'pretended', architecture: 'gpu', isFallbackAdapter: false },
      limits: { maxBufferSize: bytes, maxStorageBufferBindingSize: bytes },
      features: new Set(['shader-f16']),
    }
    const gpu = { requestAdapter: async () => adapter }
    Object.defineProperty(Navigator.prototype, 'gpu', { get: () => gpu, configurable: true })
  })
}

/** A browser without WebGPU. Before the page is opened. */
export async function pretendNoGpu(page: Page): Promise<void> {
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'gpu'))
}
