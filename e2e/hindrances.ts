// What axe knows to hinder people, in a page as it is now.
import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright/test'

/** @param within a selector of what is looked at; the whole page without one */
export async function hindrances(page: Page, within?: string): Promise<string[]> {
  // The page has no frames, so nothing is gathered in a tab of its own, and nobody reads how what passed is found again. Both
  // take as long as the rules.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  if (within !== undefined) axe.include(within)
  const { violations } = await axe.analyze()
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  )
}
