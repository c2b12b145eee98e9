// Files written by torch.save (fixtures/pytorch_files.py).
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { blobFile } from '../../files/blob_file.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { readDescription } from '../config.ts'
import { toBrain, fromBrain } from '../half.ts'
import { openFile, openFiles } from '../../testing/open_files.ts'
import { openTensors } from '../open_tensors.ts'
import { openRetainingHeads } from '../retaining_heads.ts'
import { openSafetensors } from '../safetensors/checkpoint.ts'
import { serve } from '../serve.fixture.ts'

const fixtures = new URL('../../../fixtures/', import.meta.url)
const bytesOf = (path: string) => Uint8Array.from(readFileSync(new URL(path, fixtures)))
const noBytes = () => undefined
const inMemory = (bytes: Uint8Array<ArrayBuffer>) =>
  blobFile(new Blob([bytes]), 'heads.bin', noBytes)
const open = (name: string) => openTensors(inMemory(bytesOf(`pytorch/${name}.bin`)))

async function valuesOf(checkpoint: Checkpoint, name: string): Promise<number[]> {
  const values: number[] = []
  for await (const slice of checkpoint.rows(name)) values.push(...slice.values)
  return values
}

it('reads tensors under the names that wrappers have lengthened', async () => {
  const checkpoint = await open('prefixed')
  const name = 'model.layers.0.self_attn.fc1.weight'
  expect([...checkpoint.tensors.keys()]).toEqual([name])
  expect(await valuesOf(checkpoint, name)).toEqual(Array.from({ length: 12 }, (_, i) => i))
})

describe('retaining heads in bf16 under the official names', async () => {
  const config = new File([bytesOf('gqa-tied-f32/config.json')], 'config.json')
  const model = await readDescription(
    openFiles([config, new File([], 'model.safetensors')], noBytes),
  )
  const wanted = await openSafetensors(inMemory(bytesOf('gqa-tied-f32/heads.safetensors')))

  async function expectRounded(checkpoint: Checkpoint): Promise<void> {
    expect([...checkpoint.tensors.keys()].sort()).toEqual([...wanted.tensors.keys()].sort())
    for (const name of checkpoint.tensors.keys()) {
      const exact = Float32Array.from(await valuesOf(wanted, name))
      const stored = new Uint16Array(exact.length)
      const rounded = new Float32Array(exact.length)
      toBrain(exact, stored)
      fromBrain(stored, rounded)
      expect(await valuesOf(checkpoint, name)).toEqual([...rounded])
      expect(checkpoint.tensors.get(name)!.shape).toEqual(wanted.tensors.get(name)!.shape)
    }
  }

  it('open from a file', async () => {
    const file = new File([bytesOf('pytorch/heads.bin')], 'heads.bin')
    const heads = await openRetainingHeads(openFile(file, '', noBytes), model)
    expect(heads.hidden).toBe(16)
    await expectRounded(heads.checkpoint)
  })

  it.each(['ranges', 'whole'] as const)('open from a server, %s', async (manner) => {
    const files = { 'tiny/heads': bytesOf('pytorch/heads.bin') }
    const server = await serve({ files, manner })
    const heads = await openRetainingHeads(openFile(`${server.url}tiny/heads`, '', noBytes), model)
    await expectRounded(heads.checkpoint)
    heads.checkpoint.close()
  })
})

describe('torch.save', () => {
  it.each(['state_dict', 'parameters'])('of a %s of f16', async (name) => {
    const checkpoint = await open(name)
    expect(checkpoint.tensors.get('weight')).toMatchObject({ shape: [2, 3], bytes: 12 })
    expect(await valuesOf(checkpoint, 'weight')).toEqual([0, 1, 2, 3, 4, 5])
    expect(await valuesOf(checkpoint, 'bias')).toEqual([6, 7])
  })

  it('of views of one storage', async () => {
    const checkpoint = await open('views')
    expect(await valuesOf(checkpoint, 'all')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(checkpoint.tensors.get('second half')!.shape).toEqual([2, 3])
    expect(await valuesOf(checkpoint, 'second half')).toEqual([6, 7, 8, 9, 10, 11])
    expect(checkpoint.tensors.get('one')!.shape).toEqual([])
    expect(await valuesOf(checkpoint, 'one')).toEqual([4])
  })

  it.each([
    [
      'command',
      /heads\.bin names "posix\.system" in its pickle, and only tensors .* nothing is run/,
    ],
    ['module', /names "torch\.nn\.modules\.linear\.Linear" in its pickle/],
    [
      'doubles',
      /names "torch\.DoubleStorage" in its pickle, and only tensors of F32, F16 and BF16/,
    ],
    ['transposed', /does not store tensor fc1 \(4, 3\) row by row; save it with \.contiguous\(\)/],
    ['nested', /holds state_dict, which is no tensor; save a state_dict of tensors only/],
    [
      'protocol_4',
      /holds a pickle of protocol 4, only 2 is read; save it with torch\.save without/,
    ],
    ['old', /is in the format of PyTorch before 1\.6; load it there and save it again/],
  ])('of a %s is refused', async (name, message) => {
    await expect(open(name)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(message) as string,
    })
  })
})

describe('damage', () => {
  const whole = bytesOf('pytorch/heads.bin')
  const text = new TextDecoder('latin1').decode(whole)

  /** One byte, so many after a mark. */
  const changed = (mark: string, offset: number, byte: number) => {
    const bytes = whole.slice()
    bytes[text.indexOf(mark) + offset] = byte
    return openTensors(inMemory(bytes))
  }

  it('an opcode that no tensor needs is named', async () => {
    const firstTensor = text.indexOf('ctorch._utils') - text.indexOf('\x80\x02ccoll')
    await expect(changed('\x80\x02ccoll', firstTensor, 0x93)).rejects.toThrow(
      /has the opcode 0x93 \(STACK_GLOBAL\) in its pickle, which no tensor needs, and nothing is run/,
    )
  })

  it.each([
    ['a cut file', () => openTensors(inMemory(whole.slice(0, 3000))), /is cut: its zip directory/],
    ['big-endian values', () => changed('little', 0, 0x42), /is big-endian/],
    [
      'a compressed entry',
      () => changed('PK\x01\x02', 10, 8),
      /compresses heads\/data\.pkl \(zip m/,
    ],
    [
      'an entry elsewhere',
      () => changed('PK\x01\x02', 44, 1),
      /places heads\/data\.pkl beyond its/,
    ],
    ['another length', () => changed('cpuq\x07', 6, 1), /has .* bytes in heads\/data\/0 where/],
  ])('%s', async (_, opened, message) => {
    await expect(opened()).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(message) as string,
    })
  })

  it('another zip archive is no checkpoint', async () => {
    await expect(changed('data.pkl', 0, 0x44)).resolves.toBeDefined() // the local header's name does not count
    const directory = text.lastIndexOf('data.pkl')
    const bytes = whole.slice()
    bytes[directory] = 0x44
    await expect(openTensors(inMemory(bytes))).rejects.toThrow(/is a zip archive without data\.pkl/)
  })
})
