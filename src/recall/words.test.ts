import { describe, expect, it } from 'vitest'
import { isJoined, wordsAsked, wordsOf } from './words.ts'

describe('wordsOf', () => {
  it.each([
    ['The CAFÉ, Straße', ['the', 'caf', 'straße']],
    ['ｆｕｌｌ ﬁnd', ['full', 'find']],
    ['Й и Ё', ['и', 'и', 'е']],
    ['नमस्ते दुनिया', ['नमस्ते', 'दुनिया']],
    ['_I_ said--so', ['i', 'said', 'so']],
  ])('folds case, widths and accents: %s', (text, words) => {
    expect(wordsOf(text)).toEqual(words)
  })

  it.each([
    ['1f3a-99c0', ['1f3a-99c0', '1f3a', '99c0']],
    ['silent-harbour', ['silent-harbour', 'silent', 'harbour']],
    ['at 12:45', ['at', '12:45', '12', '45']],
    ['me@site.org', ['me@site.org', 'me', 'sit', 'org']],
    ['foo_bar', ['foo_bar', 'foo', 'bar']],
    ['1,234,567 or 3.5', ['1234567', 'or', '3.5', '3', '5']],
    ['Alice’s cat', ['alic', 'cat']],
  ])('keeps what is joined whole and in parts: %s', (text, words) => {
    expect(wordsOf(text)).toEqual(words)
  })

  it.each([
    ['今天天气', ['今天', '天天', '天气']],
    ['猫', ['猫']],
    ['データ。東京', ['デー', 'ータ', '東京']],
    ['2020年は', ['2020', '年は']],
    ['한국어 말', ['한국', '국어', '말']],
    ['𠀀𠀁𠀂', ['𠀀𠀁', '𠀁𠀂']],
  ])('takes scripts without spaces two characters at a time: %s', (text, words) => {
    expect(wordsOf(text)).toEqual(words)
  })

  it.each([
    ['boxes', 'box'],
    ['stories', 'story'],
    ['hoped', 'hopes'],
    ['stopping', 'stop'],
    ['carried', 'carries'],
    ['falling', 'falls'],
    ['Fences', 'fencing'],
    ['horses', 'horse'],
  ])('cuts English endings: %s and %s are one word', (one, other) => {
    expect(wordsOf(one)).toEqual(wordsOf(other))
  })

  it.each([
    ['glass', 'glas'],
    ['thing', 'th'],
    ['number', 'numb'],
    ['ring', 'r'],
    ['bus', 'bu'],
    ['1990s', '1990'],
  ])('leaves other ends alone: %s is not %s', (one, other) => {
    expect(wordsOf(one)).not.toEqual(wordsOf(other))
  })

  it.each(['', ' \n', '?! … — «»', '🦊'])('finds none in %j', (text) => {
    expect(wordsOf(text)).toEqual([])
  })
})

describe('wordsAsked', () => {
  it('leaves out what stands in every question, and repetitions', () => {
    expect(wordsAsked('What is the number of the red number?')).toEqual(['number', 'red'])
    expect(wordsAsked('Who is it, and where are they?')).toEqual([])
  })
})

describe('isJoined', () => {
  it('tells a whole of several parts', () => {
    expect(wordsOf('silent-harbour दुनिया').map(isJoined)).toEqual([true, false, false, false])
  })
})
