// A blank page for a command's work in the browser, on a server with the built module and the command's own mounts.
import { join } from 'node:path'
import type { Page } from 'playwright'
import type { AdapterChoice } from './adapters.ts'
import { openTab } from './browser.ts'
import { dist } from '../build/paths.ts'
import { blankPage, serve, type Mounts } from '../site/serve.ts'

export interface TabOptions {
  readonly title: string
  readonly adapter: AdapterChoice
  /** in addition to the page, `/module/` and `/heads/` */
  readonly mounts?: Mounts
  /** for the browser's command line */
  readonly browserArgs?: readonly string[]
}

/** @param work gets the page and the site's URL, which ends in a slash; tab and site are closed when it ends */
export async function inTab<Result>(
  { title, adapter, mounts, browserArgs }: TabOptions,
  work: (page: Page, site: string) => Promise<Result>,
): Promise<Result> {
  const site = await serve({
    ...mounts,
    '/blank': blankPage(title),
    '/module/': join(dist, 'module'),
    '/heads/': join(dist, 'heads'),
  })
  try {
    const tab = await openTab(`${site.url}blank`, adapter, browserArgs)
    try {
      return await work(tab.page, site.url)
    } finally {
      await tab.close()
    }
  } finally {
    await site.close()
  }
}
