// `?kernels=portable` in the page's address: nothing is measured, and those kernels run that run everywhere.
import { kernelChoices, type KernelChoice } from '../index.ts'

/** `measured` where the query asks for none that there is. */
export function kernelChoice(query: string): KernelChoice {
  const asked = new URLSearchParams(query).get('kernels')
  return kernelChoices.find((choice) => choice === asked) ?? 'measured'
}
