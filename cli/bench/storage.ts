// The bench's line on reading stored models, in a profile on the disk: what a private window keeps lies in memory and is read
// through another process.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright'
import type { StorageRecord } from '../../src/bench/bench.ts'
import { softwareGpu } from '../browser/chromium.ts'

/** @param site where /blank and /module/ are */
export async function benchStorage(site: string, bytes: number): Promise<StorageRecord | null> {
  const folder = await mkdtemp(join(tmpdir(), 'longtab-bench-'))
  const profile = await chromium.launchPersistentContext(folder, softwareGpu())
  try {
    const page = await profile.newPage()
    await page.goto(`${site}blank`)
    return await page.evaluate(storageInPage, bytes)
  } finally {
    await profile.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Leaves it to a worker of its own: files are written in workers only. */
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
