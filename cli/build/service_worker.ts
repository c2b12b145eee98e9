// Builds the page's service worker (src/page/offline), which knows every file of the page and a name for its contents.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { build } from 'vite'
import type { BesideFile } from '../../src/page/offline/beside.ts'
import { joinLicences, licencesFile } from './licences.ts'
import { root } from './paths.ts'

/** For people and hosts: no page asks for them. */
const unasked = ['_headers', licencesFile, 'heads/README.md']

const ownLicences = 'service_worker_licenses.md'

/** @param page folder of the built page */
export async function buildServiceWorker(page: string): Promise<void> {
  const files = JSON.stringify(await filesOf(page))
  await build({
    root,
    logLevel: 'warn',
    publicDir: false,
    define: { 'self.pageFiles': files, 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: page,
      emptyOutDir: false,
      license: { fileName: ownLicences },
      lib: {
        entry: 'src/page/offline/service_worker.ts',
        formats: ['es'],
        fileName: () => 'service_worker.js',
      },
    },
  })
  await joinLicences(page, ownLicences)
}

async function filesOf(page: string): Promise<BesideFile[]> {
  const entries = await readdir(page, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const files = paths.map(async (path) => {
    const contents = createHash('sha256').update(await readFile(path))
    return {
      url: relative(page, path).split(sep).join('/'),
      revision: contents.digest('hex').slice(0, 16),
    }
  })
  return (await Promise.all(files)).filter(({ url }) => !unasked.includes(url))
}
