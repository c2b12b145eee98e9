// Gets lavapipe, Mesa's Vulkan in software, where there is none and this can be done unasked: about three times faster with real
// models than the software in Chromium (131 against 360 seconds of one core).
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { isDebianRoot } from './chromium.ts'

const driver = '/usr/share/vulkan/icd.d/lvp_icd.json'
/** Older ones lack what Dawn asks for; bookworm's own is 22. */
const leastMesa = 25
const suite = 'bookworm-backports'

/** The driver's file for `VK_DRIVER_FILES`; undefined where there is none new enough and none could be had. */
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

/** Of the package; 0 where it is not installed. */
function mesaVersion(): number {
  return parseInt(run('dpkg-query', '-W', '-f=${Version}', 'mesa-vulkan-drivers'), 10) || 0
}

function debianName(): string {
  return run('sh', '-c', '. /etc/os-release && echo "$VERSION_CODENAME"').trim()
}

/** What it printed; whether it worked shows in whether the driver is there. */
function run(program: string, ...args: string[]): string {
  const { stdout, error } = spawnSync(program, args, {
    stdio: ['ignore', 'pipe', 2],
    encoding: 'utf8',
    timeout: 300_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  return error ? '' : stdout
}
