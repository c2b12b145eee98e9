// Installs lavapipe, Mesa's Vulkan in software, if it is missing and no permission is needed. With real models it is
// about three times faster than the software in Chromium (131 against 360 seconds of one core).
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { isDebianRoot } from './chromium.ts'

const driver = '/usr/share/vulkan/icd.d/lvp_icd.json'
/** Older ones lack features that Dawn needs; bookworm's own is 22. */
const leastMesa = 25
const suite = 'bookworm-backports'

/** The driver's file for `VK_DRIVER_FILES`; undefined where none new enough is installed or installable. */
export function ensureLavapipe(): string | undefined {
  if (mesaVersion() < leastMesa && isDebianRoot() && debianName() === 'bookworm') {
    console.error('installing lavapipe …')
    writeFileSync(
      `/etc/apt/sources.list.d/longtab-${suite}.list`,
      `deb http://deb.debian.org/debian ${suite} main\n`,
    )
    run('apt-get', 'update', '-q')
    const packages = ['mesa-vulkan-drivers', 'libvulkan1']
    run('apt-get', 'install', '-yq', '--no-install-recommends', '-t', suite, ...packages)
  }
  return existsSync(driver) && mesaVersion() >= leastMesa ? driver : undefined
}

/** Major version of the package; 0 if it is not installed. */
function mesaVersion(): number {
  return parseInt(run('dpkg-query', '-W', '-f=${Version}', 'mesa-vulkan-drivers'), 10) || 0
}

function debianName(): string {
  return run('sh', '-c', '. /etc/os-release && echo "$VERSION_CODENAME"').trim()
}

/** The program's output. Ignores failures: the caller checks for the driver. */
function run(program: string, ...args: string[]): string {
  const { stdout, error } = spawnSync(program, args, {
    stdio: ['ignore', 'pipe', 2],
    encoding: 'utf8',
    timeout: 300_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  return error ? '' : stdout
}
