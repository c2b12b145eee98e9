// The predefined character maps of Chinese, Japanese and Korean fonts (ISO 32000-1, 9.7.5.2): a PDF names them and does not hold
// them. They come with pdf.js and are loaded when a PDF names one.

/** Takes the place of pdf.js's BinaryDataFactory, which fetches them from an address. */
export class CharacterMaps {
  async fetch({
    kind,
    filename,
  }: {
    readonly kind: string
    readonly filename: string
  }): Promise<Uint8Array> {
    const { predefinedMaps } = await import('./predefined_maps.ts')
    const address = kind === 'cMapUrl' ? predefinedMaps[filename] : undefined
    if (address === undefined) throw new Error(`${filename} is not there`)
    return new Uint8Array(await (await fetch(address)).arrayBuffer())
  }
}
