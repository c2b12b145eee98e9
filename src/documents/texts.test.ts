// Documents that are text: HTML, mail, tables, JSON, subtitles, Markdown, source code, RTF.
import { describe, expect, it } from 'vitest'
import { named, readDocument } from './documents.fixture.ts'
import { openDocument } from './open_document.ts'

const prose = 'The boat left early, and nobody saw it leave, which was, as it turned out, a pity. '

describe('HTML', () => {
  const page = `<!doctype html><html><head><title>Salt | The Paper</title><script>globalThis.trapped = 1</script></head><body>
    <nav><a href="/">Home</a> <a href="/about">About us</a></nav>
    <article><h1>Salt</h1><h2>The voyage</h2><p>${prose.repeat(5)}</p><p>${prose.repeat(5)}</p><ul><li>nine men</li><li>one cargo</li></ul></article>
    <footer>All rights reserved</footer></body></html>`

  it('is read as its article', async () => {
    const { format, text, places, notes } = await readDocument(named('a.html', page))
    expect(format).toBe('html')
    expect(text).toContain('- nine men\n- one cargo')
    expect(text).not.toMatch(/About us|All rights|trapped/)
    expect(places.map(([place]) => place)).toContain('heading “The voyage”')
    expect(notes[0]).toMatch(/menus and other parts of the page were left out/)
    expect('trapped' in globalThis).toBe(false)
  })

  it('is read whole where that is asked for, or where there is no article', async () => {
    const whole = await readDocument(named('a.html', page), { html: 'whole' })
    expect(whole.text).toMatch(/About us[^]*nine men[^]*All rights reserved/)
    const short = await readDocument(named('b.html', '<html><body>Only this.</body></html>'))
    expect(short.text).toBe('Only this.\n')
    expect(short.notes).toEqual(['No article was found in the page; all of its text was read.'])
  })

  it('whose elements nest too deep is read whole', async () => {
    const nested = (levels: number) =>
      `<html><body><nav>Home</nav>${'<div>'.repeat(levels)}<article>${`<p>${prose.repeat(5)}</p>`.repeat(3)}</article>`
    expect((await readDocument(named('a.html', nested(90)))).text).not.toMatch(/Home/)
    const { text, notes } = await readDocument(named('b.html', nested(110)))
    expect(text).toMatch(/^Home/)
    expect(notes).toEqual(['No article was found in the page; all of its text was read.'])
  })

  it('keeps table rows in lines and the text of one that is not closed', async () => {
    const table = '<html><table><tr><th>Name</th><th>City</th></tr><tr><td><p>Ann</p></td><td>Oslo'
    expect((await readDocument(new Blob([table]), { html: 'whole' })).text).toBe(
      'Name | City\nAnn | Oslo\n',
    )
  })
})

describe('a mail', () => {
  const head =
    'From: Ann <ann@example.org>\r\nTo: bob@example.org\r\nSubject: =?utf-8?Q?Salt_=26_sugar?=\r\nDate: Mon, 5 Jan 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n'

  it('is read with its fields, and its attachments are named', async () => {
    const file = `${head}Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nThe caf=C3=A9 is closed.\r\n--x\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--x--\r\n`
    const { format, title, text, notes } = await readDocument(new Blob([file]))
    expect({ format, title }).toEqual({ format: 'mail', title: 'Salt & sugar' })
    expect(text).toMatch(
      /^Subject: Salt & sugar\nFrom: Ann <ann@example\.org>\nTo: bob@example\.org\nDate: 2026-01-05/,
    )
    expect(text).toContain('The café is closed.')
    expect(notes).toEqual(['Attachments are not read: a.pdf.'])
  })

  it('of HTML alone is read as its text', async () => {
    const file = `${head}Content-Type: text/html\r\n\r\n<p>Hello <b>Bob</b></p>`
    expect((await readDocument(new Blob([file]))).text).toMatch(/\n\nHello Bob\n$/)
  })
})

describe('a table', () => {
  it('keeps the names of its columns in every row', async () => {
    const csv = 'name,city,note\r\nAnn,Oslo,"a, b"\r\nBob,,"two\nlines"\r\n'
    const { format, places } = await readDocument(new Blob([csv]))
    expect(format).toBe('csv')
    expect(places).toEqual([
      ['row 1', 'name | city | note\n'],
      ['row 2', 'name: Ann; city: Oslo; note: a, b\n'],
      ['row 3', 'name: Bob; note: two lines\n'],
    ])
  })

  it('is the same however its text is cut into chunks', async () => {
    const rows = Array.from({ length: 9000 }, (_, i) => `${i},"Name, ${i}",Place ${i}`)
    const { places } = await readDocument(named('a.csv', `id,name,place\n${rows.join('\n')}`))
    expect(places).toHaveLength(9001)
    expect(places[8765]).toEqual(['row 8766', 'id: 8764; name: Name, 8764; place: Place 8764\n'])
  })

  it('may be separated by tabs, and have no names', async () => {
    const { places } = await readDocument(named('a.tsv', '1\t2\n3\t4\n'))
    expect(places.map(([, text]) => text)).toEqual(['1 | 2\n', '3 | 4\n'])
  })
})

describe('JSON', () => {
  it('has a line for each value behind the names that lead to it', async () => {
    const value = { ship: { name: 'Salt', men: [{ name: 'Ann' }, { name: 'Bob' }] }, wind: null }
    expect(await readDocument(new Blob([JSON.stringify(value)]))).toMatchObject({
      format: 'json',
      text: 'ship.name: Salt\nship.men[0].name: Ann\nship.men[1].name: Bob\nwind: null\n',
    })
  })

  it('has rows where it is a list, as JSON lines have', async () => {
    const list = await readDocument(new Blob(['[{"a":1},{"a":2}]']))
    expect(list.places).toEqual([
      ['row 1', 'a: 1\n\n'],
      ['row 2', 'a: 2\n\n'],
    ])
    const lines = await readDocument(new Blob(['{"a":1}\n{"a":2}\n']))
    expect(lines).toMatchObject({ format: 'jsonl', places: list.places })
  })

  it('that is cut is read as text', async () => {
    const cut = JSON.stringify(Array.from({ length: 20_000 }, (_, i) => ({ i }))).slice(0, 100_000)
    expect(await readDocument(new Blob([cut]))).toMatchObject({
      text: cut,
      notes: ['It is not JSON throughout and was read as plain text.'],
    })
  })
})

describe('subtitles', () => {
  it.each([
    [
      'SRT',
      '1\r\n00:00:01,000 --> 00:00:02,000\r\n<i>Who is</i>\r\nthere?\r\n\r\n2\r\n01:02:03,500 --> 01:02:05,000\r\nNobody.\r\n',
    ],
    [
      'WebVTT',
      'WEBVTT\n\nNOTE\nnot said\n\n00:01.000 --> 00:02.000 align:start\nWho is\nthere?\n\nid\n01:02:03.500 --> 01:02:05.000\nNobody.',
    ],
  ])('of %s are what is said, at its time', async (_, file) => {
    expect((await readDocument(new Blob([file]))).places).toEqual([
      ['0:01', 'Who is there?\n'],
      ['1:02:03', 'Nobody.\n'],
    ])
  })
})

describe('Markdown and source code', () => {
  it('stay as they are: headings are places', async () => {
    const text =
      '# One\n\nSome *text*.\n\nTwo\n---\n\n- a\n\n```\n# no heading\n```\n\n## Three ##\nend'
    const read = await readDocument(named('a.md', text))
    expect(read).toMatchObject({ format: 'markdown', text })
    expect(read.places.map(([place]) => place)).toEqual([
      'heading “One”',
      'heading “Two”',
      'heading “Three”',
    ])
  })

  it('stay as they are: lines are places', async () => {
    const text = 'import os\r\n\r\ndef main():\r\n    return os\r\n'
    const read = await readDocument(named('a.py', text))
    expect(read).toMatchObject({ format: 'code', text })
    expect(read.places[3]).toEqual(['line 4', '    return os\r\n'])
  })
})

describe('RTF', () => {
  it('is read without its form, by code page and by Unicode number', async () => {
    const rtf = String.raw`{\rtf1\ansi\ansicpg1251{\fonttbl{\f0 Times;}}{\*\generator x;}{\info{\title T}}\pard\'cf\'f0\'e8\'e2\'e5\'f2 \u8364?\u-10179?\u-8704? {\b bold}\par one\cell two\cell\row\emdash{\pict\pngblip 89504e47}end\{\}}`
    expect(await readDocument(new Blob([rtf]))).toMatchObject({
      format: 'rtf',
      text: 'Привет €😀 bold\none | two\n—end{}\n',
    })
  })
})

describe('any file', () => {
  it('of no bytes is refused', async () => {
    await expect(readDocument(new Blob([]))).rejects.toMatchObject({
      code: 'bad-input',
      message: 'the document is empty; give it some text to read',
    })
  })

  it('of 2 GB is taken bit by bit, or refused with both numbers', async () => {
    const row = 'Ann,Oslo,1\n'
    const part = new Blob([row.repeat(100_000)])
    const huge = new Blob([...Array<Blob>(2000).fill(part)])
    expect(huge.size).toBeGreaterThan(2 ** 31)
    const options = { encoding: 'utf-8', password: undefined, html: 'article' } as const
    const opened = await openDocument(huge, { ...options, format: 'csv' })
    const first = await opened.text[Symbol.asyncIterator]().next()
    expect(first.value).toMatch(/^Ann \| Oslo \| 1\n/)
    expect(opened.share()).toBeLessThan(0.001)
    for (const format of ['json', 'mail'] as const) {
      await expect(openDocument(huge, { ...options, format })).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringMatching(
          /^the document has 2,2\d\d,000,000 bytes .* at most [\d,]+ are read/,
        ) as string,
      })
    }
  })

  it('is told by its content, whatever its name is', async () => {
    const pdf = named('notes.txt', '%PDF-1.4 and no more')
    await expect(readDocument(pdf)).rejects.toMatchObject({
      message: expect.stringMatching(/is damaged or is no PDF/) as string,
    })
    expect(await readDocument(named('a.pdf', prose))).toMatchObject({ format: 'text', text: prose })
    expect(await readDocument(named('a.docx', '<html><p>Hi'))).toMatchObject({ format: 'html' })
  })

  it('of another encoding is decoded first', async () => {
    const wide = new Uint8Array([
      0xff,
      0xfe,
      ...Array.from('name\tcity\nAnn\tOslo\nBob\tBern\n').flatMap((c) => [c.charCodeAt(0), 0]),
    ])
    expect((await readDocument(new Blob([wide]))).places[1]).toEqual([
      'row 2',
      'name: Ann; city: Oslo\n',
    ])
  })

  it.each([
    ['prose with commas', `${prose}\n${prose}\n${prose}\n`],
    [
      'a log',
      '2026-01-05 10:00:00, INFO, started\n2026-01-05 10:00:01, INFO, ready\n2026-01-05 10:00:02, WARN, slow\n',
    ],
    ['a play', 'ANN: Who is there?\nBOB: Nobody.\nANN: Then I shall go.\n'],
    ['a list of references', '[1] A book.\n[2] Another.\n'],
    ['a book with a title mark', '# not a heading in a text\nSome words.\n'],
  ])('of %s is plain text', async (_, text) => {
    expect(await readDocument(new Blob([text]))).toMatchObject({ format: 'text', text, places: [] })
  })
})
