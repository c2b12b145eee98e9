import { describe, expect, it } from 'vitest'
import { StopStrings } from './stops.ts'

/** Pushes the text in parts of `length`; returns the output and the stop string found. */
function run(text: string, stops: string[], length: number) {
  const stopping = new StopStrings(stops)
  let out = ''
  for (let at = 0; at < text.length; at += length) out += stopping.push(text.slice(at, at + length))
  return [out + stopping.flush(), stopping.found]
}

describe('StopStrings', () => {
  it.each<[string, string[], string, string | undefined]>([
    ['one two END three END', ['END'], 'one two ', 'END'],
    ['no stop here', ['END'], 'no stop here', undefined],
    ['ends in EN', ['END'], 'ends in EN', undefined],
    ['aaab', ['aab'], 'a', 'aab'],
    ['ababac', ['abac'], 'ab', 'abac'],
    ['x\n\nUser: hi', ['\nUser:', '\n\nUser:'], 'x', '\n\nUser:'],
    ['abcd', ['abcd', 'bc'], 'a', 'bc'],
    ['abc', ['c', 'abc'], '', 'abc'],
    ['abcd', ['bc', 'abcd'], 'a', 'bc'],
    ['abc', ['abc', 'c'], '', 'abc'],
    ['x\n\nUser: hi', ['\n\nUser:', '\nUser:'], 'x', '\n\nUser:'],
    ['anything', [], 'anything', undefined],
    ['anything', [''], 'anything', undefined],
    ['END', ['END'], '', 'END'],
  ])('cuts %j at %j', (text, stops, expected, found) => {
    for (let length = 1; length <= text.length; length++) {
      expect(run(text, stops, length), `parts of ${length}`).toEqual([expected, found])
    }
  })

  it('holds back only what may begin a stop string', () => {
    const stopping = new StopStrings(['\nUser:'])
    expect(stopping.push('hello\nUs')).toBe('hello')
    expect(stopping.push('ual')).toBe('\nUsual')
    expect(stopping.push('\nUser')).toBe('')
    expect(stopping.push(': more')).toBe('')
    expect(stopping.push('and more')).toBe('')
    expect(stopping.flush()).toBe('')
  })
})
