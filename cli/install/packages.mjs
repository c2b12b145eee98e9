// Installs the packages of the lock file when any of them is missing. Plain JavaScript: nothing is installed before it.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** @param {string} file */
function packagesOf(file) {
  return JSON.parse(readFileSync(resolve(root, file), 'utf8')).packages
}

/**
 * Whether every package of the lock file is installed in its version. Optional ones depend on the platform and may be
 * absent.
 */
function isInstalled() {
  if (!existsSync(resolve(root, 'node_modules/.package-lock.json'))) return false
  const present = packagesOf('node_modules/.package-lock.json')
  return Object.entries(packagesOf('package-lock.json')).every(
    ([path, wanted]) =>
      path === '' ||
      present[path]?.version === wanted.version ||
      (present[path] === undefined && (wanted.optional || wanted.devOptional)),
  )
}

/** Exits with npm's status when the installation fails. Its output goes to stderr: stdout belongs to the command. */
export function ensureInstalled() {
  if (isInstalled()) return
  console.error('installing packages …')
  const { status } = spawnSync(
    'npm',
    ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' },
  )
  if (status !== 0) {
    console.error('npm ci failed; see above')
    process.exit(status ?? 1)
  }
}
