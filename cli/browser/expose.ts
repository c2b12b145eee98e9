// Functions of this process that a tab calls as its own globals.
import type { Page } from 'playwright'

/** @param functions by the names that the tab calls them by */
export async function expose(page: Page, functions: object): Promise<void> {
  for (const [name, called] of Object.entries(functions))
    await page.exposeFunction(name, called as () => unknown)
}
