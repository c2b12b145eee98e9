import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { fetchPeer, type PeerPackage } from './packages.ts'

let scratch: string
let peers: string

/** A pretended npm, which hands out one archive. */
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'longtab-peers-test-'))
  peers = join(scratch, 'peers')
  await mkdir(join(scratch, 'package/dist'), { recursive: true })
  await writeFile(join(scratch, 'package/dist/peer.js'), 'export {}')
  await writeFile(join(scratch, 'package/dist/large.js'), 'nobody wants it')
  execFileSync('tar', ['-czf', join(scratch, 'archive.tgz'), '-C', scratch, 'package'])
  const npm = join(scratch, 'npm')
  await writeFile(
    npm,
    `#!/bin/sh\nfor last; do :; done\ncp ${scratch}/archive.tgz "$last"/peer.tgz\necho '[{"filename":"peer.tgz"}]'\n`,
  )
  await chmod(npm, 0o755)
  vi.stubEnv('PATH', `${scratch}:${process.env['PATH'] ?? ''}`)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(scratch, { recursive: true })
})

function wanted(): PeerPackage {
  const hash = createHash('sha512').update(readFileSync(join(scratch, 'archive.tgz')))
  return {
    ...{ name: '@some/peer', version: '1.2.3', date: '2026-11-01', files: ['dist/peer.js'] },
    integrity: `sha512-${hash.digest('base64')}`,
  }
}

it('keeps the files that are used, and fetches them once', async () => {
  const folder = await fetchPeer(wanted(), peers)
  expect(folder).toBe(join(peers, 'some-peer-1.2.3'))
  expect(await readdir(join(folder, 'dist'))).toEqual(['peer.js'])
  await rm(join(scratch, 'npm'))
  await writeFile(join(scratch, 'npm'), 'exit 1')
  expect(await fetchPeer(wanted(), peers)).toBe(folder)
})

it('keeps nothing of a package that is another than was looked at', async () => {
  const other = { ...wanted(), integrity: 'sha512-other' }
  await expect(fetchPeer(other, peers)).rejects.toThrow('not sha512-other; the registry serves')
  expect(await readdir(peers)).toEqual([])
  expect(existsSync(join(peers, 'some-peer-1.2.3'))).toBe(false)
})
