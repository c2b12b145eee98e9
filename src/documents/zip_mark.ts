// How a ZIP archive is known before anything of it is parsed.

export const zipMark = 'PK\x03\x04'

/** False, too, where the file cannot be read, which whoever opens it is told. */
export async function hasZipMark(blob: Blob): Promise<boolean> {
  const head = await blob
    .slice(0, zipMark.length)
    .text()
    .catch(() => '')
  return head === zipMark
}
