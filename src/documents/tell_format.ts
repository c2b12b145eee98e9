// Which format a file is in, by its content. Only between kinds of plain text does its name decide, where the text may be either.
import type { DocumentFormat } from '../api/places.ts'
import { textOfHead } from './text_of_head.ts'
import { areNames } from './row_text.ts'
import { asOurs, unreadable } from './faults.ts'
import { openZip, type Zip } from './zip.ts'
import { zipMark } from './zip_mark.ts'

/** Bytes from the start by which a text's kind is told. */
const headBytes = 65_536

/**
 * A file that is none of the others counts as plain text; reading it tells whether it is.
 * @throws LongtabError `bad-input` for an archive that is empty or cut, and for a file that is gone.
 */
export async function tellFormat(blob: Blob): Promise<DocumentFormat> {
  const head = await headOf(blob)
  if (begins(head, '%PDF-')) return 'pdf'
  if (begins(head, zipMark)) return archiveFormat(await openZip(blob))
  if (begins(head, '{\\rtf')) return 'rtf'
  const text = textOfHead(head)
  const isCut = head.length < blob.size
  return text === undefined ? 'text' : textFormat(text, nameOf(blob), isCut)
}

async function headOf(blob: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.slice(0, headBytes).arrayBuffer())
  } catch (error) {
    throw asOurs(error, 'document')
  }
}

function begins(head: Uint8Array, mark: string): boolean {
  return Array.from(mark).every((character, i) => head[i] === character.charCodeAt(0))
}

function nameOf(blob: Blob): string {
  return 'name' in blob && typeof blob.name === 'string' ? blob.name.toLowerCase() : ''
}

async function archiveFormat(zip: Zip): Promise<DocumentFormat> {
  const type = zip.has('mimetype') ? (await zip.text('mimetype')).trim() : ''
  if (type === 'application/epub+zip' || zip.has('META-INF/container.xml')) return 'epub'
  if (type.startsWith('application/vnd.oasis.opendocument.') && zip.has('content.xml')) return 'odf'
  if (zip.names.some((name) => /^word\/document\d*\.xml$/.test(name))) return 'docx'
  if (zip.has('ppt/presentation.xml')) return 'pptx'
  if (zip.has('xl/workbook.xml')) return 'xlsx'
  if (zip.names.some((name) => !name.endsWith('/'))) return 'zip'
  throw unreadable('is a ZIP archive without any files; give one with documents in it')
}

/** Endings of names whose text is source code, and may look like anything. */
const codeNames =
  /\.(?:[cm]?[jt]sx?|py|rb|go|rs|c|h|cc|cpp|hpp|cs|java|kt|swift|php|pl|lua|r|jl|scala|sh|bash|zsh|ps1|sql|css|scss|wgsl|glsl|hlsl|metal|ya?ml|toml|ini|tex|vue|svelte|xml|svg)$/

/** @param isCut whether more of the text follows */
export function textFormat(text: string, name: string, isCut: boolean): DocumentFormat {
  const start = text.trimStart()
  if (/^WEBVTT(?:\s|$)/.test(start) || /^\d+\s*\r?\n\s*\d+:\d\d:\d\d[,.]\d+\s+-->/.test(start))
    return 'subtitles'
  if (isHtml(start)) return 'html'
  if (isMail(text)) return 'mail'
  if (isJson(start, isCut)) return 'json'
  const lines = text.split(/\r\n|\n|\r/)
  if (isCut) lines.pop()
  if (isJsonLines(lines)) return 'jsonl'
  if (codeNames.test(name) || text.startsWith('#!')) return 'code'
  if (/\.(?:md|markdown)$/.test(name)) return 'markdown'
  if (/\.(?:csv|tsv|tab)$/.test(name) || isTable(lines)) return 'csv'
  if (/\.(?:txt|text|log)$/.test(name)) return 'text'
  if (isCode(lines)) return 'code'
  return isMarkdown(lines) ? 'markdown' : 'text'
}

function isHtml(start: string): boolean {
  const begun = start.replace(/^(?:<\?xml[^>]*>|<!--[^]*?-->|\s)+/, '').slice(0, 200)
  return /^<!doctype\s+html|^<html[\s>]|^<head[\s>]|^<body[\s>]/i.test(begun)
}

const mailFields =
  /^(?:from|to|cc|subject|date|received|return-path|message-id|mime-version|delivered-to|content-type|reply-to|sender|x-[\w-]+):\s/i

/** The fields of a mail, of which it has a sender and one that only programs write. */
function isMail(text: string): boolean {
  const [head = ''] = text.replace(/^From .*\r?\n/, '').split(/\r?\n\r?\n/, 1)
  const fields = head.split(/\r?\n(?![ \t])/)
  return (
    fields.length >= 3 &&
    fields.every((field) => /^[\w-]+:/.test(field)) &&
    fields.filter((field) => mailFields.test(field)).length >= 3 &&
    /^from:/im.test(head) &&
    /^(?:message-id|mime-version|received|return-path|content-type):/im.test(head)
  )
}

function isJson(start: string, isCut: boolean): boolean {
  if (!/^\{\s*(?:"|\}|$)|^\[\s*(?:[[{"\]\d-]|true|false|null|$)/.test(start)) return false
  if (isCut) return !isJsonLines(start.split('\n').slice(0, -1))
  try {
    JSON.parse(start)
    return true
  } catch {
    return false
  }
}

function isJsonLines(lines: readonly string[]): boolean {
  const filled = lines.filter((line) => line.trim() !== '').slice(0, 20)
  return filled.length > 1 && filled.every(isRecord)
}

function isRecord(line: string): boolean {
  if (!/^\s*[{[]/.test(line)) return false
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}

/** Rows of a table that are looked at. */
const mostRows = 50

/** As many cells in each of the first rows, of which the first names the columns. */
function isTable(lines: readonly string[]): boolean {
  const rows = rowsOf(lines).slice(0, mostRows)
  if (rows.length < 3) return false
  return [',', ';', '\t', '|'].some((delimiter) => {
    const counts = rows.map((row) => cellsOf(row, delimiter).length)
    const [first = 0] = counts
    const names = cellsOf(rows[0] ?? '', delimiter).map((cell) => cell.replace(/^"|"$/g, '').trim())
    const isEven = counts.every((count) => count === first)
    return (
      first > 1 &&
      isEven &&
      areNames(names) &&
      names.every((name) => name !== '' && !/[.!?]$/.test(name))
    )
  })
}

/** Lines that are not empty; those of a cell in quotes are one. */
function rowsOf(lines: readonly string[]): string[] {
  const rows: string[] = []
  let held = ''
  for (const line of lines) {
    held += held === '' ? line : `\n${line}`
    if (held.split('"').length % 2 === 0) continue // a quote is open
    if (held.trim() !== '') rows.push(held)
    held = ''
  }
  return rows
}

function cellsOf(row: string, delimiter: string): string[] {
  return row
    .replace(/"(?:[^"]|"")*"/g, (quoted) => quoted.replaceAll(delimiter, ''))
    .split(delimiter)
}

/** How a line of code begins or ends, in most languages. */
const codeLine =
  /^\s*(?:import|from\s+\S+\s+import|export|def|class|function|fn|func|const|let|var|return|if\s*\(|for\s*\(|while\s*\(|#include|#define|package|using|public|private|static|struct|@\w+)\b|[;{}]\s*$|^\s*(?:\/\/|\/\*)/

function isCode(lines: readonly string[]): boolean {
  const filled = lines.filter((line) => line.trim() !== '')
  const code = filled.filter((line) => codeLine.test(line)).length
  return filled.length >= 5 && code > 0.4 * filled.length
}

/** Headings, and at least one other sign. */
function isMarkdown(lines: readonly string[]): boolean {
  const count = (sign: RegExp) => lines.filter((line) => sign.test(line)).length
  const headings = count(/^#{1,6} \S/)
  const others =
    count(/^\s*[-*+] \S/) + count(/\[[^\]]+\]\([^)]+\)/) + count(/^(?:```|~~~)/) + count(/\*\*\S/)
  return headings > 0 && (headings > 2 || others > 0)
}
