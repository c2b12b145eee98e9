// The formats of files with weights, and how a file is known by its name before it is opened. How each is opened is in
// src/model/formats.ts.

interface FormatTraits {
  /** of file names */
  readonly ending: string
  /** what one file holds */
  readonly holds: 'model' | 'tensors'
}

const traits = {
  safetensors: { ending: '.safetensors', holds: 'tensors' },
  pytorch: { ending: '.bin', holds: 'tensors' },
  gguf: { ending: '.gguf', holds: 'model' },
} satisfies Record<string, FormatTraits>

export type FormatName = keyof typeof traits

/** By the ending of a file's name, in either case. */
export function formatOf(file: string): FormatName | undefined {
  const names = Object.keys(traits) as FormatName[]
  return names.find((name) => file.toLowerCase().endsWith(traits[name].ending))
}

/** Whether a file of this name is a whole model. */
export function isModelFile(file: string): boolean {
  const format = formatOf(file)
  return format !== undefined && traits[format].holds === 'model'
}
