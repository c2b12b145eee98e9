// Installs a Chromium for the tests if there is none and no permission is needed.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromiumAdvice, findChromium } from '../browser/chromium.ts'
import { RunError } from '../shell/command.ts'

/** Tries Playwright's own build, then Debian's package if this user may install it. Throws RunError. */
export function ensureChromium(): void {
  const chosen = (process.env['CHROMIUM_PATH'] ?? '') !== ''
  if (findChromium() === undefined && !chosen) {
    console.error('installing Chromium …')
    tryTo('npx', 'playwright', 'install', '--no-shell', 'chromium')
  }
  if (findChromium() === undefined && !chosen && isDebianRoot()) {
    tryTo('apt-get', 'update', '-q')
    tryTo('apt-get', 'install', '-yq', '--no-install-recommends', 'chromium')
  }
  if (findChromium() === undefined) throw new RunError(chromiumAdvice())
}

export function isDebianRoot(): boolean {
  return existsSync('/etc/debian_version') && process.getuid?.() === 0
}

/** Ignores failures: the caller checks for a Chromium. */
function tryTo(program: string, ...args: string[]): void {
  spawnSync(program, args, {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
    timeout: 300_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
}
