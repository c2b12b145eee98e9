// A chat template is a program by whoever made the model. It reaches nothing but what it is given.
import { expect, it } from 'vitest'
import { openChat } from './chat.ts'
import * as small from '../testing/small_tokenizers.ts'
import { openTokenizer } from './tokenizer.ts'

/** Ways out of a sandbox that other template engines had. */
const escapes = [
  `''.constructor.constructor('globalThis.escaped = true')()`,
  `''['constructor']['constructor']('globalThis.escaped = true')()`,
  `messages.constructor.constructor('globalThis.escaped = true')()`,
  `date_now.constructor('globalThis.escaped = true')()`,
  `format_percent['constructor']('globalThis.escaped = true')()`,
  `date_now.call.constructor('globalThis.escaped = true')()`,
  `messages.__proto__.escaped`,
  `messages['__proto__']['polluted']`,
  `''.__class__.__mro__[1].__subclasses__()`,
  `cycler.__init__.__globals__`,
  `globalThis.process.env`,
  `process.exit()`,
  `self.constructor`,
  `raise_exception.constructor('globalThis.escaped = true')()`,
]

/** What would show that a value of ours or of the platform was reached. */
const reached = /\[native code\]|function|=>|object Object|process|PATH|HOME/

it.each(escapes)('%s reaches nothing', (escape) => {
  const { chat, shown } = opened(`{{ ${escape} }}{{ messages[0].content }}`)
  expect(Reflect.get(globalThis, 'escaped')).toBeUndefined()
  expect(shown).not.toMatch(reached)
  // either the template is not used, which is said, or the expression was empty
  if (chat.notice === undefined) expect(shown).toBe('')
  else expect(chat.notice).toContain('does not work for one user turn')
})

it.each([
  `{% set messages.__proto__.polluted = true %}`,
  `{% set ns = namespace() %}{% set ns.__proto__.polluted = true %}`,
  `{% set __proto__ = {'polluted': true} %}`,
])('%s changes no object of ours', (statement) => {
  opened(`${statement}{{ messages[0].content }}`)
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
  expect(Reflect.get([], 'polluted')).toBeUndefined()
})

function opened(chat_template: string) {
  const files = { ...small.splitBpe, config: JSON.stringify({ chat_template }) }
  const tokenizer = openTokenizer(files)
  const chat = openChat(tokenizer, files)
  return { chat, shown: tokenizer.decode(chat.prefix) }
}
