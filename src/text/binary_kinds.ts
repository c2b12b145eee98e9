// What a file is that people give as a document by mistake, by the bytes at its start.

/** A mark, and the offset where it stands. */
type Mark = readonly [kind: string, mark: string, at?: number]

/** The first that fits; marks of letters alone are long enough that no text begins with them. */
const marks: readonly Mark[] = [
  ['a PDF', '%PDF-'],
  ['an EPUB book', 'mimetypeapplication/epub+zip', 30],
  ['an OpenDocument file', 'mimetypeapplication/vnd.oasis.opendocument', 30],
  ['an Office document (a ZIP archive of XML)', '[Content_Types].xml', 30],
  ['an Office document (a ZIP archive of XML)', '_rels/.rels', 30],
  ['a ZIP archive', 'PK\x03\x04'],
  ['an empty ZIP archive', 'PK\x05\x06'],
  ['an old Office document', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['a rich-text document', '{\\rtf'],
  ['a PNG picture', '\x89PNG\r\n'],
  ['a JPEG picture', '\xff\xd8\xff'],
  ['a GIF picture', 'GIF87a'],
  ['a GIF picture', 'GIF89a'],
  ['a WebP picture', 'WEBP', 8],
  ['a TIFF picture', 'II*\0'],
  ['a TIFF picture', 'MM\0*'],
  ['a Windows icon', '\0\0\x01\0'],
  ['an HEIC or AVIF picture', 'ftyphei', 4],
  ['an HEIC or AVIF picture', 'ftypmif', 4],
  ['an HEIC or AVIF picture', 'ftypavi', 4],
  ['a video or sound file (MP4)', 'ftyp', 4],
  ['a video file (AVI)', 'AVI ', 8],
  ['a sound file (WAV)', 'WAVEfmt', 8],
  ['a video or sound file (Matroska)', '\x1a\x45\xdf\xa3'],
  ['a sound file (OGG)', 'OggS\0'],
  ['a sound file (FLAC)', 'fLaC\0'],
  ['a sound file (MP3)', 'ID3\x02'],
  ['a sound file (MP3)', 'ID3\x03'],
  ['a sound file (MP3)', 'ID3\x04'],
  ['a gzip archive', '\x1f\x8b'],
  ['a bzip2 archive', 'BZh91AY&SY'],
  ['an xz archive', '\xfd7zXZ\0'],
  ['a zstd archive', '\x28\xb5\x2f\xfd'],
  ['a 7z archive', '7z\xbc\xaf\x27\x1c'],
  ['a RAR archive', 'Rar!\x1a\x07'],
  ['a tar archive', 'ustar\0', 257],
  ['a tar archive', 'ustar ', 257],
  ['a program (ELF)', '\x7fELF'],
  ['a program (Mach-O)', '\xcf\xfa\xed\xfe'],
  ['a program (WebAssembly)', '\0asm'],
  ['a SQLite database', 'SQLite format 3\0'],
  ['a font', 'wOFF'],
  ['a font', 'wOF2'],
  ['a font', '\0\x01\0\0\0'],
  ['a MOBI book', 'BOOKMOBI', 60],
  ['a Python pickle', '\x80\x04\x95'],
  ['a Parquet table', 'PAR1\x15'],
]

/** Bytes from the start that the marks need. */
export const headBytes = 512

/** Of a file that begins so, as `a PNG picture`; undefined where nothing is known of it. */
export function binaryKind(head: Uint8Array): string | undefined {
  const start = String.fromCharCode(...head.subarray(0, headBytes))
  return marks.find(([, mark, at = 0]) => start.startsWith(mark, at))?.[0]
}
