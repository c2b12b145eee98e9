// Dropping files on the page, as a user does from the desktop.
import type { Page } from 'playwright/test'

interface Dropped {
  readonly name: string
  readonly content: Buffer | string
}

export async function drop(page: Page, files: readonly Dropped[]): Promise<void> {
  const encoded = files.map(({ name, content }) => ({
    name,
    base64: Buffer.from(content).toString('base64'),
  }))
  const dataTransfer = await page.evaluateHandle((files) => {
    const transfer = new DataTransfer()
    for (const { name, base64 } of files) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
      transfer.items.add(new File([bytes], name))
    }
    return transfer
  }, encoded)
  await page.dispatchEvent('body', 'drop', { dataTransfer })
}
