// Gets a Chromium for the tests where there is none and this can be done unasked.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromiumAdvice, findChromium } from '../browser/chromium.ts'
import { RunError } from '../shell/command.ts'

/** Playwright's own build first; Debian's package where that cannot be had and we may install. Throws RunError. */
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

/** Whether it worked shows in whether a Chromium is there. */
function tryTo(program: string, ...args: string[]): void {
  spawnSync(program, args, {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
    timeout: 300_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
}
