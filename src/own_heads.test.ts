import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openAsBlob } from 'node:fs'
import { expect, test } from 'vitest'
import { blobFile } from './files/blob_file.ts'
import { openTensors } from './model/open_tensors.ts'
import { ownHeads, ownHeadsList } from './own_heads.ts'

const folder = join(import.meta.dirname, '../public/heads')
const files = (await readdir(folder)).filter((name) => name.endsWith('.safetensors'))

test('every file that comes with us is in the list, for the model it says it was trained for, and the other way round', async () => {
  expect(files.toSorted()).toEqual(ownHeadsList.map(({ name }) => name).toSorted())
  for (const name of files) {
    const { metadata } = await openTensors(
      blobFile(await openAsBlob(join(folder, name)), name, () => undefined),
    )
    const listed = ownHeadsList.find((heads) => heads.name === name)
    expect(listed?.fingerprint, name).toBe(metadata?.['model'])
  }
})

test('they lie beside the folders of the built page’s parts and of the built module', () => {
  for (const script of ['assets/main-a1.js', 'module/longtab.js', 'module/worker.js']) {
    const [first] = ownHeads(`https://host/some/path/${script}`)
    expect(first?.file).toEqual(new URL(`https://host/some/path/heads/${ownHeadsList[0]?.name}`))
  }
})
