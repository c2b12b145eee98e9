// Losing a worker's GPU on purpose: its device is kept where the test can reach it.
import type { Page } from 'playwright/test'

/** Before the page is opened. @param worker the name its file begins with */
export async function keepDevice(page: Page, worker: string): Promise<void> {
  await page.route(`**/${worker}*.js`, async (route) => {
    const response = await route.fetch()
    const keep = `{
      const request = GPUAdapter.prototype.requestDevice
      GPUAdapter.prototype.requestDevice = async function (...given) {
        return (self.keptDevice = await request.apply(this, given))
      }
    };`
    await route.fulfill({ response, body: keep + (await response.text()) })
  })
}

export async function loseDevice(page: Page): Promise<void> {
  await page.workers()[0]!.evaluate(() => {
    ;(self as unknown as { keptDevice: GPUDevice }).keptDevice.destroy()
  })
}
