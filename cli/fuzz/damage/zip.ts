// Faults in an archive's files, packed again with right checksums, so that they reach what parses the files; bombs among them.
import { unzipSync, zipSync, type Zippable } from 'fflate'
import { bytesOf, chosen, textOf, type Bytes, type Damage, type Random } from '../reader.ts'
import { inBytes } from './bytes.ts'

/** Three of four inputs are whole archives with damage in a file. */
export const inZip: Damage = (file, random) => {
  if (random(4) === 0) return inZipBytes(file, random)
  const files: Zippable = unzipSync(file)
  for (let faults = 1 + random(2); faults > 0; faults--) damageOne(files, random)
  return Uint8Array.from(zipSync(files, { level: chosen([0, 6] as const, random) }))
}

const inZipBytes = inBytes({
  pieces: [
    'PK\x01\x02',
    'PK\x03\x04',
    'PK\x05\x06',
    '\0\0',
    '\xff\xff',
    '\xff\xff\xff\xff',
    '\x08\0',
  ],
})

function damageOne(files: Zippable, random: Random): void {
  const names = Object.keys(files)
  if (names.length === 0) return
  const name = chosen(names, random)
  const content = files[name] as Bytes
  const fault = random(12)
  if (fault === 0) Reflect.deleteProperty(files, name)
  else if (fault === 1) files[chosen(names, random)] = content
  else if (fault === 2)
    files[`${chosen(['../', '/', '\\', '__proto__/'], random)}${name}`] = content
  else if (fault === 3 && random(30) === 0) files[name] = new Uint8Array(20_000_000)
  else files[name] = inXml(content, random)
}

/** Faults in a text of XML or HTML. */
export const inXml: Damage = (file, random) => {
  const text = textOf(file)
  const tags = [...text.matchAll(/<[^<>]+>/g)]
  if (tags.length === 0 || random(3) === 0) return inXmlBytes(file, random)
  const tag = chosen(tags, random)
  const end = tag.index + tag[0].length
  const piece = chosen(
    [
      () => '',
      () => tag[0] + tag[0],
      () => tag[0].repeat(2000),
      () => tag[0].replace('<', '</'),
      () => chosen(tags, random)[0],
      () => tag[0].replace(/"[^"]*"/, () => `"${chosen(attributes, random)}"`),
      () => tag[0].replace(/\d+/g, () => chosen(attributes, random)),
      () => `${tag[0]}${chosen(texts, random)}`,
    ],
    random,
  )()
  return bytesOf(text.slice(0, tag.index) + piece + text.slice(end))
}

const attributes = [
  '',
  '0',
  '-1',
  '99999999999',
  '1e9',
  'NaN',
  '../../x',
  '__proto__',
  '&#x110000;',
  'a'.repeat(10_000),
]
const texts = [
  '&#0;',
  '&#xffffffff;',
  '&lol;',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '<![CDATA[',
  '<!--',
  '99999999999',
  '\ud83d',
]

const inXmlBytes = inBytes({
  pieces: [
    '<',
    '>',
    '</',
    '/>',
    '"',
    '&',
    '&#',
    ';',
    '<!--',
    '<![CDATA[',
    '<?',
    '\xff\xfe',
    '\0',
    ' a="',
  ],
})
