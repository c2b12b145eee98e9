// The encoding of a document, told from its bytes: every one of them, as files and as streams of any chunking.
import { describe, expect, it } from 'vitest'
import { encodeText } from '../testing/encode_text.ts'
import { readText, streamed } from '../testing/read_text.ts'

const english = 'The keeper wrote the log each evening before the lamp was lit and nobody came. '
const texts = {
  english: 'The keeper’s log — “all well”, he wrote. The café was closed; the fare was 5 € a day. ',
  french:
    'L’été dernier, les élèves étaient allés à la forêt où ils trouvèrent un étrange château. ',
  german: 'Die Männer gingen über die Brücke; später aßen sie in der Küche. Der Schlüssel war da. ',
  spanish: 'El señor Muñoz salió por la mañana; ¿dónde está el niño? Había más de cien años allí. ',
  polish: 'Zażółć gęślą jaźń. Wczoraj poszliśmy brzegiem rzeki, gdzie łódź już odpłynęła w dół. ',
  czech: 'Příliš žluťoučký kůň úpěl ďábelské ódy. Večer jsme šli domů a potkali starého rybáře. ',
  hungarian: 'Árvíztűrő tükörfúrógép. Az öreg halász azt mondta, hogy a hajó már elindult. ',
  russian: 'Старый рыбак сказал, что лодка уже ушла. Мы долго стояли на берегу и смотрели вдаль. ',
  greek: 'Άκου, ο γέρος ψαράς είπε ότι η βάρκα είχε ήδη φύγει. Σταθήκαμε πολλή ώρα στην ακτή. ',
  turkish: 'Yaşlı balıkçı teknenin çoktan gittiğini söyledi. Uzun süre kıyıda durup suya baktık. ',
  hebrew: 'הדייג הזקן אמר שהסירה כבר הפליגה. עמדנו זמן רב על החוף והסתכלנו במים האפורים. ',
  arabic: 'قال الصياد العجوز إن القارب قد غادر بالفعل. وقفنا طويلا على الشاطئ ننظر إلى الماء. ',
  // 一 is U+4E00: the NUL is where big-endian ASCII has one
  simplified:
    '一个老渔夫说船已经开走了，一二一。我们在岸边站了很久，看着灰色的水面，但是没有人回来。\n',
  traditional: '老漁夫說船已經開走了。我們在岸邊站了很久,看著灰色的水面,但是沒有人回來。\n',
  japanese: '老人は船がもう出たと言った。私たちは長い間岸に立って、灰色の水を見ていた。\n',
  korean: '늙은 어부는 배가 이미 떠났다고 말했다. 우리는 오랫동안 해변에 서서 물을 바라보았다. ',
} as const

type Language = keyof typeof texts

const eightBit: readonly (readonly [encoding: string, language: Language])[] = [
  ['windows-1252', 'english'],
  ['windows-1252', 'french'],
  ['windows-1252', 'german'],
  ['windows-1252', 'spanish'],
  ['windows-1250', 'polish'],
  ['iso-8859-2', 'polish'],
  ['windows-1250', 'czech'],
  ['iso-8859-2', 'czech'],
  ['iso-8859-2', 'hungarian'],
  ['windows-1251', 'russian'],
  ['koi8-r', 'russian'],
  ['iso-8859-5', 'russian'],
  ['windows-1253', 'greek'],
  ['iso-8859-7', 'greek'],
  ['windows-1254', 'turkish'],
  ['windows-1255', 'hebrew'],
  ['windows-1256', 'arabic'],
  ['iso-8859-6', 'arabic'],
  ['gb18030', 'simplified'],
  ['big5', 'traditional'],
  ['shift_jis', 'japanese'],
  ['euc-jp', 'japanese'],
  ['euc-kr', 'korean'],
]

const unicode = ['utf-8', 'utf-16le', 'utf-16be', 'utf-32le', 'utf-32be']

const chunkings = [1, 7, 1000, 100_000] as const

async function expectRead(bytes: Uint8Array<ArrayBuffer>, text: string, encoding: string) {
  expect(await readText(new Blob([bytes]))).toEqual({ text, encoding, notes: [] })
  // parts of one byte are slow to hand over
  for (const longest of chunkings.filter((most) => bytes.length / most < 3000)) {
    const found = await readText(streamed(bytes, longest, longest))
    expect(found, `parts of up to ${longest} bytes`).toEqual({ text, encoding, notes: [] })
  }
}

describe('a document in Unicode', () => {
  const languages = Object.entries(texts)

  it.each(unicode)('%s, with a mark and without, in every language', async (encoding) => {
    for (const [language, line] of languages) {
      for (const text of [line, line.repeat(30)]) {
        const marked = new Uint8Array([
          ...encodeText('\ufeff', encoding),
          ...encodeText(text, encoding),
        ])
        expect(await readText(new Blob([marked])), language).toEqual({ text, encoding, notes: [] })
        const plain = encodeText(text, encoding)
        expect(await readText(new Blob([plain])), language).toEqual({ text, encoding, notes: [] })
      }
    }
  })

  it.each(unicode)('%s in streams of any chunking', async (encoding) => {
    for (const language of ['english', 'simplified'] as const) {
      const text = texts[language].repeat(300)
      await expectRead(encodeText(text, encoding), text, encoding)
    }
  })

  it('keeps the mark of the middle and characters outside the basic plane', async () => {
    for (const encoding of unicode) {
      const text = `${texts.english}👩‍👩‍👧 𝔘𝔫𝔦 \ufeff ${texts.japanese}`
      await expectRead(encodeText(text, encoding), text, encoding)
    }
  })
})

describe('a document in an older encoding', () => {
  it.each(eightBit)('%s, %s', async (encoding, language) => {
    const text = texts[language].repeat(12)
    await expectRead(encodeText(text, encoding), text, encoding)
  })

  it.each(eightBit)('%s, %s, behind 9,200 bytes of ASCII', async (encoding, language) => {
    const text = english.repeat(120).slice(0, 9200) + texts[language].repeat(12)
    await expectRead(encodeText(text, encoding), text, encoding)
  })

  it.each(eightBit)('%s, %s, between much ASCII', async (encoding, language) => {
    const text = (english.repeat(3) + texts[language]).repeat(60)
    await expectRead(encodeText(text, encoding), text, encoding)
  })

  it('keeps quotation marks and accents that stand far apart', async () => {
    const text = `${english.repeat(8)}“48213” ${english.repeat(8)}the café’s owner ${english}`
    await expectRead(encodeText(text, 'windows-1252'), text, 'windows-1252')
  })

  it('is read as the caller says', async () => {
    const bytes = encodeText(texts.russian, 'koi8-r')
    const blob = new Blob([bytes])
    expect((await readText(blob, 'KOI8-R')).text).toBe(texts.russian)
    expect((await readText(blob, 'cp1251')).encoding).toBe('windows-1251')
    expect((await readText(streamed(bytes, 5, 1), 'koi8')).text).toBe(texts.russian)
    await expect(async () => readText(blob, 'klingon')).rejects.toMatchObject({
      code: 'bad-setting',
      message: expect.stringContaining('"klingon"; the encodings are utf-8') as string,
    })
  })

  it('says how many places the encoding that was named leaves undecoded', async () => {
    const blob = new Blob([encodeText('caf\u00e9 na\u00efve', 'windows-1252')])
    expect(await readText(blob, 'utf-8')).toEqual({
      text: 'caf\ufffd na\ufffdve',
      encoding: 'utf-8',
      notes: ['2 places are not utf-8 and shown as \ufffd.'],
    })
  })
})
