// Readers of documents, a reader for each format, and one for files whose format is to be told.
import {
  docxFile,
  epubFile,
  paragraph,
  presentation,
  readDocument,
  workbook,
  zipped,
} from '../../../src/documents/documents.fixture.ts'
import { column, pdfFile } from '../../../src/documents/pdf/pdf.fixture.ts'
import type { DocumentFormat } from '../../../src/api/places.ts'
import { unpacked } from '../../../src/documents/zip_files.ts'
import { inBytes } from '../damage/bytes.ts'
import { inJson } from '../damage/json.ts'
import { inXml, inZip } from '../damage/zip.ts'
import type { Bytes, Damage, Reader } from '../reader.ts'
import { files } from './models.ts'

const prose = 'The boat left early, and nobody saw it leave, which was, as it turned out, a pity. '

/** Good files of each format. */
const good: Readonly<Partial<Record<DocumentFormat, readonly (Blob | string)[]>>> = {
  pdf: [
    pdfFile({
      pages: [
        column(['The beginning of it', 'and its end.'], 50, 700),
        column(['Page two'], 50, 700),
      ],
      unicode: { 65: 'Ж' },
    }),
    pdfFile({ pages: [column(['Locked'], 50, 700)], password: '' }),
  ],
  docx: [
    docxFile(
      `${paragraph('One', 'Heading1')}${paragraph(prose)}<w:tbl><w:tr><w:tc>${paragraph('a')}</w:tc><w:tc>${paragraph('b')}</w:tc></w:tr></w:tbl>`,
    ),
  ],
  epub: [
    epubFile([
      { title: 'One', body: `<h1>One</h1><p>${prose}</p>` },
      { title: 'Two', body: '<p>End<br/>of <i>it</i></p><ul><li>a</li></ul>' },
    ]),
  ],
  pptx: [presentation()],
  xlsx: [workbook()],
  odf: [
    openDocument(
      'text',
      '<office:text><text:h>One</text:h><text:p>A<text:s text:c="2"/>b<text:note><text:note-body><text:p>why</text:p></text:note-body></text:note></text:p></office:text>',
    ),
    openDocument(
      'spreadsheet',
      '<office:spreadsheet><table:table table:name="S"><table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="3"><text:p>Name</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>',
    ),
  ],
  rtf: [
    String.raw`{\rtf1\ansi\ansicpg1251{\fonttbl{\f0 Times;}}{\*\generator x;}{\info{\title T}}\pard\'cf\'f0 \u8364?\u-10179?\u-8704? {\b bold}\par one\cell two\cell\row\emdash{\pict\pngblip 89504e47}end\{\}\bin4 abcd}`,
  ],
  html: [
    `<!doctype html><html><head><title>Salt</title><script>1</script></head><body><nav><a href="/">Home</a></nav><article><h1>Salt</h1><p>${prose.repeat(5)}</p><p>${prose.repeat(5)}</p><ul><li>nine</li></ul><table><tr><td>a<td>b</table></article></body></html>`,
  ],
  mail: [
    'From: Ann <ann@example.org>\r\nSubject: =?utf-8?Q?Salt_=26_sugar?=\r\nDate: Mon, 5 Jan 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nThe caf=C3=A9 is closed.\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>Hello <b>Bob</b></p>\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nInside\r\n--x\r\nContent-Disposition: attachment; filename=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--x--\r\n',
  ],
  subtitles: [
    '1\r\n00:00:01,000 --> 00:00:02,000\r\n<i>Who is</i>\r\nthere?\r\n\r\n2\r\n01:02:03,500 --> 01:02:05,000\r\nNobody.\r\n',
    'WEBVTT\n\nNOTE\nnot said\n\n00:01.000 --> 00:02.000 align:start\nWho is\nthere?\n\nid\n01:02:03.500 --> 01:02:05.000\nNobody.',
  ],
  csv: ['name,city,note\r\nAnn,Oslo,"a, b"\r\nBob,,"two\nlines"\r\n', '1\t2\n3\t4\n'],
  json: [
    '{"ship":{"name":"Salt","men":[{"name":"Ann"},{"name":"Bob"}]},"wind":null}',
    '[{"a":1},{"a":[2,true]}]',
  ],
  jsonl: ['{"a":1}\n{"a":{"b":"c"}}\n[1,2]\n'],
  markdown: [
    '# One\n\nSome *text*.\n\nTwo\n---\n\n- a\n\n```\n# no heading\n```\n\n## Three ##\nend',
  ],
  zip: [zipped({ 'a.txt': prose, 'b/c.html': `<p>${prose}</p>`, 'd.csv': 'a,b\n1,2\n' })],
}

const pieces: Readonly<Partial<Record<DocumentFormat, readonly string[]>>> = {
  pdf: [
    '<<',
    '>>',
    '[',
    ']',
    '(',
    ')',
    ' R',
    'obj',
    'endobj',
    'stream\n',
    'endstream',
    '/Kids',
    '/Parent 2 0 R',
    '/Length 999999999',
    '/Filter /FlateDecode',
    '/Count -1',
    '0 0 R',
    '99999999999',
    'xref\n',
    'trailer',
    'beginbfrange',
    '/Encrypt',
  ],
  rtf: [
    '{',
    '}',
    '\\',
    "\\'",
    '\\u',
    '\\bin999999999 ',
    '\\ansicpg0',
    '\\*',
    '\\uc9',
    '{'.repeat(5000),
  ],
  mail: [
    '\r\n',
    '\r\n\r\n',
    '--x',
    ':',
    ';',
    '=?utf-8?B?',
    '?=',
    'charset=',
    'boundary=',
    '=',
    'Content-Type: multipart/mixed; boundary=x\r\n\r\n',
  ],
  subtitles: ['\n\n', ' --> ', ':', '<', '>', '99999999999', 'WEBVTT', 'NOTE'],
  csv: ['"', ',', '\t', '\n', '\r', '""', ';'],
  markdown: ['#', '```', '\n', '---', '> ', '['],
}

const damageOf = (format: DocumentFormat): Damage => {
  if (format === 'html') return inXml
  if (format === 'json') return inJson
  if (format === 'jsonl')
    return inBytes({ pieces: ['{', '}', '"', '\n', '['.repeat(9000), '{"a":'.repeat(9000)] })
  const own = pieces[format]
  return own === undefined ? inZip : inBytes({ pieces: own })
}

/** Inputs of the short form, where they are not so cheap. */
const few: Readonly<Partial<Record<DocumentFormat, number>>> = {
  pdf: 8,
  docx: 10,
  html: 12,
  epub: 20,
}

const byFormat = Object.entries(good).map(([name, blobs]): [string, Reader] => {
  const format = name as DocumentFormat
  return [
    name,
    {
      files: files(() => Promise.all(blobs.map(inArray))),
      damage: damageOf(format),
      async read(bytes) {
        await readDocument(new Blob([bytes]), { format })
      },
      short: few[format] ?? 40,
      share: [0.02, 1],
    },
  ]
})

export const documents: Readonly<Record<string, Reader>> = {
  ...Object.fromEntries(byFormat),
  /** a folder, unpacked as a whole */
  folder: {
    files: files(() => Promise.all((good.zip ?? []).map(inArray))),
    damage: inZip,
    async read(bytes) {
      await unpacked(new Blob([bytes]))
    },
    short: 40,
    share: [0.02, 0.95],
  },
  /** any format, told by its content */
  any: {
    files: files(() => Promise.all(Object.values(good).flat().map(inArray))),
    damage: inBytes({
      pieces: ['%PDF-', 'PK\x03\x04', '{\\rtf', '<html', '{', '\0', '\xff\xfe', 'WEBVTT', 'From: '],
    }),
    async read(bytes) {
      await readDocument(new Blob([bytes]))
    },
    short: 25,
    share: [0.02, 0.98],
  },
}

async function inArray(file: Blob | string): Promise<Bytes> {
  return new Uint8Array(await new Blob([file]).arrayBuffer())
}

function openDocument(kind: string, body: string): Blob {
  return zipped({
    mimetype: `application/vnd.oasis.opendocument.${kind}`,
    'content.xml': `<office:document-content><office:body>${body}</office:body></office:document-content>`,
  })
}
