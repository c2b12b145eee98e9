// Trained heads as a file: to read with at once, or for the user to keep.
import type { TrainedHeads } from '../../index.ts'
import { make } from '../elements.ts'

const headsName = 'heads.safetensors'

export function fileOf({ file }: TrainedHeads): File {
  return new File([file], headsName)
}

export function download(file: File): void {
  const url = URL.createObjectURL(file)
  const link = make('a', '')
  link.href = url
  link.download = file.name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
