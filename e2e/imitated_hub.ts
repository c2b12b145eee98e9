// What end-to-end tests of models by name share: an imitation of the Hub, as the page sees it, and what a user does with it.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page } from 'playwright/test'
import { repository, serveHub, type HubServer } from '../src/files/store/hub.fixture.ts'
import type { Host } from './fixtures.ts'

export const text = 'The ferry leaves at noon, and nobody has ever seen it come back. '.repeat(8)

export async function hubWith(folder: string): Promise<HubServer> {
  const names = await readdir(folder)
  const files = await Promise.all(
    names.map(async (name) => [name, await readFile(join(folder, name))] as const),
  )
  return serveHub(Object.fromEntries(files))
}

/** Requests for more of the weights than whether they are there, and their header. */
export function weightsAsked({ requests }: HubServer): string[] {
  return requests.filter((line) => /\/model\.safetensors bytes=(?!0-(0|65535)$)/.test(line))
}

/** What the page asks of the real Hub, from now on. */
export function askedOfHub(page: Page): readonly string[] {
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('huggingface')) asked.push(request.url())
  })
  return asked
}

/**
 * huggingface.co, as this page sees it.
 * @param name of the one repository there
 */
export async function routeHub(
  page: Page,
  { url }: HubServer,
  name: string = repository,
): Promise<void> {
  await page.route('https://huggingface.co/**', async (route) => {
    const request = route.request()
    const { pathname, search } = new URL(request.url())
    const path = pathname.replace(name, repository)
    const response = await fetch(`${url}${path}${search}`, {
      headers: await request.allHeaders(),
    })
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    })
  })
}

export async function look(page: Page, host: Host, name: string): Promise<void> {
  await page.goto(host.page)
  await page.locator('input[name=model][value=url]').check()
  await page.getByTestId('model-url').fill(name)
  await page.getByTestId('model-url').press('Enter')
}

export async function readText(page: Page): Promise<void> {
  await page.getByTestId('document-text').fill(text)
  await page.getByTestId('read').click()
  await expect(page.getByTestId('question')).toBeVisible({ timeout: 120_000 })
}
