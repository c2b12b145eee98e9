// Compiles kernels in parallel while the weights download, and counts them.
import { compile, type Compiled, type Kernel } from '../gpu/kernel.ts'

export interface Compiler {
  readonly device: GPUDevice
  readonly compile: <
    Param extends string,
    Binding extends string,
    Constant extends string,
    Head extends string,
  >(
    kernel: Kernel<Param, Binding, Constant, Head>,
    constants: Readonly<Record<Constant, number>>,
  ) => Promise<Compiled<Param, Binding, Head>>
  /** Counts several kernels as one. */
  readonly track: <Kernels>(compiling: Promise<Kernels>) => Promise<Kernels>
}

/** @param onDone called after each kernel with the number compiled and the total */
export function createCompiler(
  device: GPUDevice,
  onDone: (done: number, total: number) => void = () => undefined,
): Compiler {
  let total = 0
  let done = 0
  function track<Kernels>(compiling: Promise<Kernels>): Promise<Kernels> {
    total++
    compiling.then(
      () => onDone(++done, total),
      () => undefined, // the caller that awaits it reports it
    )
    return compiling
  }
  return {
    device,
    track,
    compile: (kernel, constants) => track(compile(device, kernel, constants)),
  }
}

/** The record with every promise resolved. */
export async function awaitAll<Kernels extends { readonly [name: string]: unknown }>(
  record: Kernels,
): Promise<{ [Name in keyof Kernels]: Awaited<Kernels[Name]> }> {
  const entries = Object.entries(record).map(async ([name, value]) => [name, await value] as const)
  return Object.fromEntries(await Promise.all(entries)) as {
    [Name in keyof Kernels]: Awaited<Kernels[Name]>
  }
}
