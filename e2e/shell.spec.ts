// The package's `bin` as it is built: every command is there, each exit code is as documented, and what is piped has no colours.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect } from 'playwright/test'
import { ensureBuilt } from '../cli/build/fresh.ts'
import { dist } from '../cli/build/paths.ts'
import { test } from './fixtures.ts'

test.setTimeout(120_000) // it may have to be built

function longtab(...args: string[]) {
  const program = join(dist, 'cli/longtab.mjs')
  const { status, stdout, stderr } = spawnSync('node', [program, ...args], { encoding: 'utf8' })
  expect(stdout + stderr).not.toContain('\x1b')
  return { status, stdout, stderr }
}

test('the packed command line says what it can do, and exits as documented', async () => {
  await ensureBuilt('shell')
  for (const name of [
    'ask',
    'batch',
    'serve',
    'models',
    'train heads',
    'train compressor',
    'bench',
  ]) {
    const { status, stdout } = longtab(...name.split(' '), '--help')
    expect(stdout).toMatch(new RegExp(`^Usage: longtab ${name} `))
    expect(status).toBe(0)
  }
  const models = longtab('models', '--json')
  expect(JSON.parse(models.stdout)).toContainEqual(
    expect.objectContaining({ source: 'HuggingFaceTB/SmolLM2-135M-Instruct', heads: 'longtab' }),
  )
  const wrong = [[], ['frob'], ['train'], ['ask', '--frob'], ['ask', '--document', 'nowhere.txt']]
  for (const args of wrong) {
    const { status, stdout, stderr } = longtab(...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^[^\n]+\n$/)
  }
})
