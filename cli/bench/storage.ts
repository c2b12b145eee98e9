// The bench's measurement of reading stored models, in a browser profile on disk. A private window stores files in memory
// and reads them through another process.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StorageRecord } from '../../src/bench/bench.ts'
import { softwareGpu } from '../browser/chromium.ts'
import { chromiumDriver } from '../browser/playwright.ts'

/** @param site URL with /blank and /module/ */
export async function benchStorage(site: string, bytes: number): Promise<StorageRecord | null> {
  const folder = await mkdtemp(join(tmpdir(), 'longtab-bench-'))
  const profile = await chromiumDriver().launchPersistentContext(folder, softwareGpu())
  try {
    const page = await profile.newPage()
    await page.goto(`${site}blank`)
    return await page.evaluate(storageInPage, bytes)
  } finally {
    await profile.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs in a worker, since only workers may write files. */
function storageInPage(bytes: number): Promise<StorageRecord | null> {
  const script = `
    import { benchStorage } from '${location.origin}/module/bench.js'
    benchStorage(${bytes}, 5).then(postMessage, () => postMessage(null))`
  const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))
  const worker = new Worker(address, { type: 'module' })
  return new Promise((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<StorageRecord | null>) => {
      worker.terminate()
      resolve(data)
    }
    worker.onerror = () => resolve(null)
  })
}
