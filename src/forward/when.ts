// Kernels that a model does not need are left out, since compiling is a large part of loading.
import { leftOut, type AnyKernel, type LeftOut } from '../gpu/kernel.ts'

export function when<K>(
  isUsed: boolean,
  { name }: AnyKernel,
  compiled: () => Promise<K>,
): Promise<K | LeftOut> {
  return isUsed ? compiled() : Promise.resolve(leftOut(name))
}
