// Finds a Chromium with WebGPU and its launch options: on this machine's GPU, or in software without one.
import { existsSync, readdirSync } from 'node:fs'
import { chromiumDriver } from './playwright.ts'

const systemPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

/**
 * The user's browser if `CHROMIUM_PATH` is set, else Playwright's or the system's; undefined when there is none. Throws
 * RunError without Playwright.
 */
export function findChromium(): string | undefined {
  const chosen = process.env['CHROMIUM_PATH'] ?? ''
  const candidates = chosen === '' ? [chromiumDriver().executablePath(), ...systemPaths] : [chosen]
  return candidates.find((path) => existsSync(path))
}

/** Advice for an error without a browser. */
export function chromiumAdvice(): string {
  const chosen = process.env['CHROMIUM_PATH'] ?? ''
  return chosen === ''
    ? 'no Chromium found; install one with `npx playwright install chromium`, or name yours in CHROMIUM_PATH'
    : `CHROMIUM_PATH names ${chosen}, which does not exist`
}

/** Whether this machine seems to have a GPU that a headless browser can use. */
export function hasGpu(): boolean {
  if (process.platform !== 'linux') return true
  const nodes = existsSync('/dev/dri') ? readdirSync('/dev/dri') : []
  return nodes.some((name) => name.startsWith('renderD')) || existsSync('/dev/nvidiactl')
}

/** Playwright launch options. The headless shell has no WebGPU, so this uses the full browser with `--headless=new`. */
export interface Launch {
  executablePath?: string
  args: string[]
  ignoreDefaultArgs: string[]
}

const common = [
  '--headless=new',
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--disable-background-networking',
]

function launch(args: string[]): Launch {
  const executablePath = findChromium()
  return {
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [...common, ...args],
    ignoreDefaultArgs: ['--headless=old', '--enable-unsafe-swiftshader'],
  }
}

/** WebGPU by SwiftShader, on any machine. */
export function softwareGpu(): Launch {
  return launch([
    '--use-webgpu-adapter=swiftshader',
    '--enable-features=Vulkan',
    '--use-vulkan=swiftshader',
    // SwiftShader unrolls the zeroing of workgroup memory word by word, which takes seconds to compile for 16 KiB; a loop
    // in the shader does the same
    '--disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension',
  ])
}

/** WebGPU on the machine's own GPU. Only on Linux does the browser need flags to find it. */
export function hardwareGpu(): Launch {
  const vulkan = ['--enable-features=Vulkan', '--use-angle=vulkan', '--disable-vulkan-surface']
  return launch([
    '--ignore-gpu-blocklist',
    '--enable-webgpu-developer-features', // timestamps without rounding
    ...(process.platform === 'linux' ? vulkan : []),
  ])
}
