import { expect, test, vi } from 'vitest'
import { requireRoomToKeep } from '../files/store/room.ts'
import { megabytesApart } from './sizes.ts'

test.each([
  [2_400_000_000, 128_000_000, '2,400 MB', '128 MB'],
  [1_048_580, 1_048_576, '1.048580 MB', '1.048576 MB'],
  [134_250_000, 134_217_728, '134.25 MB', '134.22 MB'],
  [900_000, 0, '1 MB', '0 MB'],
])('%d and %d bytes have digits enough to differ', (one, other, first, second) => {
  expect(megabytesApart(one, other)).toEqual([first, second])
})

test('a browser’s free storage differs from what is to be kept', async () => {
  const estimate = async () => ({ quota: 8_400_000, usage: 1_200_000 })
  vi.stubGlobal('navigator', { storage: { estimate } })
  await expect(requireRoomToKeep(7_300_000, 'ann/tiny')).rejects.toThrow(
    'keeping ann/tiny needs 7.3 MB more and this browser allows this page another 7.2 MB (2 MB are in use)',
  )
  vi.unstubAllGlobals()
})
