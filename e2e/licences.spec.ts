// Licences travel with what is bundled: every package whose code lies in the build has its section, with its text.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'playwright/test'
import { dist } from '../cli/build/paths.ts'
import { test } from './fixtures.ts'

/** What the bundler writes before each package's code in a build that is not minified. */
const origin = /node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\//g

test('every bundled package has its licence beside it', async () => {
  const built = await readdir(join(dist, 'module'), { recursive: true })
  const scripts = built.filter((name) => name.endsWith('.js')).map((name) => `module/${name}`)
  expect(await packagesIn(scripts)).toContain('comlink')
  await expectLicensed(await packagesIn(scripts), 'module/licenses.md')

  // The page's own scripts are minified; they are made of what the module is made of.
  const ofPage = await packagesIn(['service_worker.js'])
  expect(ofPage).toContain('workbox-precaching')
  await expectLicensed([...(await packagesIn(scripts)), ...ofPage], 'licenses.md')
})

async function packagesIn(scripts: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    scripts.map(async (name) => {
      const script = await readFile(join(dist, name), 'utf8')
      return Array.from(script.matchAll(origin), ([, name = '']) => name)
    }),
  )
  return [...new Set(found.flat())].sort()
}

async function expectLicensed(packages: readonly string[], file: string): Promise<void> {
  const [, ...sections] = (await readFile(join(dist, file), 'utf8')).split(/^## /m)
  const whole = sections.filter((section) =>
    /copyright|licen[cs]e/i.test(section.slice(section.indexOf('\n'))),
  )
  const lacking = packages.filter((name) => !whole.some((one) => one.startsWith(`${name} - `)))
  expect(lacking, file).toEqual([])
  expect(whole.join(''), `${file}: the character maps`).toContain('Adobe')
}
