// Answers on the page: stopped and asked on, what the model thinks folded away, special tokens left out unless wanted, and
// words drawn as its makers suggest.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Locator, type Page } from 'playwright/test'
import { test, tinyShape, writeModel, type Host } from './fixtures.ts'

test.setTimeout(240_000)

/** What is changed of the two files that a tokenizer comes in. */
interface TokenizerFiles {
  chat_template: string
  added_tokens: object[]
  model: { vocab: Record<string, number> }
}

/** The tiny model with a template that lets it think, every byte above ASCII a special token, and a suggestion of its makers. */
async function writeThinker(folder: string): Promise<void> {
  await writeModel(folder, tinyShape, 1)
  const edit = async (name: string, change: (content: TokenizerFiles) => void): Promise<void> => {
    const path = join(folder, name)
    const content = JSON.parse(await readFile(path, 'utf8')) as TokenizerFiles
    change(content)
    await writeFile(path, JSON.stringify(content))
  }
  await edit('tokenizer_config.json', (config) => {
    config.chat_template += '{% if add_generation_prompt and enable_thinking %}<think>{% endif %}'
  })
  await edit('tokenizer.json', ({ added_tokens, model }) => {
    for (const [letter, id] of Object.entries(model.vocab)) {
      if (id < 128 || id >= 256) continue
      const content = `<|${id}|>`
      Reflect.deleteProperty(model.vocab, letter)
      model.vocab[content] = id
      added_tokens.push({ ...added_tokens[0], id, content })
    }
  })
  const suggestion = { do_sample: true, temperature: 1.3, top_k: 40, top_p: 0.9 }
  await writeFile(join(folder, 'generation_config.json'), JSON.stringify(suggestion))
}

/** Reads a short text with the model of a folder. */
async function read(page: Page, host: Host, folder: string): Promise<void> {
  await page.goto(host.page)
  await page.locator('input[name=model][value=folder]').check()
  await page.getByTestId('model-folder').setInputFiles(folder)
  await expect(page.getByTestId('model-about')).toContainText('2 layers', { timeout: 30_000 })
  await page.getByTestId('document-text').fill('The ferry leaves at noon. '.repeat(20))
  await page.getByTestId('read').click()
  await expect(page.getByTestId('question')).toBeVisible({ timeout: 120_000 })
}

/** Asks, and gives the entry once it has ended. */
async function ask(page: Page, question: string): Promise<Locator> {
  await page.getByTestId('question').fill(question)
  await page.getByTestId('ask').click()
  const entry = page.getByTestId('entry').last()
  await expect(entry.locator('.timings')).toContainText('token', { timeout: 60_000 })
  return entry
}

test('an answer is stopped and asked on; thoughts are folded, special tokens and sampling as chosen', async ({
  page,
  host,
  scratch,
}) => {
  const folder = join(scratch, 'thinker')
  await writeThinker(folder)
  await read(page, host, folder)

  await page.getByText('Answer settings').click()
  await page.getByTestId('max-tokens').fill('5000')
  await page.getByTestId('temperature').fill('2') // so that it does not repeat itself
  await page.getByTestId('question').fill('A long one?')
  await page.getByTestId('ask').click()
  const stopped = page.getByTestId('entry')
  await expect(stopped.locator('.answer')).toContainText(/\S/, { timeout: 60_000 })
  await page.getByTestId('stop').click()
  await expect(stopped.locator('.timings')).toContainText('stopped', { timeout: 30_000 })
  await expect(page.getByTestId('ask')).toBeVisible()

  await page.getByTestId('max-tokens').fill('16')
  const plain = (await (await ask(page, 'A short one?')).locator('.answer').textContent()) ?? ''
  expect(plain).not.toContain('<|')
  await page.getByTestId('remember').uncheck()
  await page.getByTestId('show-special').check()
  const special = await ask(page, 'With all tokens?')
  await expect(special.locator('.answer')).toContainText(/<\|\d+\|>/)
  await expect(special.locator('.thinking')).toBeHidden()

  await page.getByTestId('think').check()
  const thoughtful = await ask(page, 'After a thought?')
  await expect(thoughtful.locator('.answer')).toHaveText('(empty answer)') // it thought to the end
  const fold = thoughtful.locator('.thinking')
  await expect(fold.locator('summary')).toHaveText('What it thought')
  await expect(fold.locator('p')).toBeHidden()
  await fold.locator('summary').click()
  await expect(fold.locator('p')).toContainText(/<\|\d+\|>/)
  await page.getByTestId('think').uncheck()

  const sampling = page.getByTestId('sampling')
  await expect(sampling).toHaveValue('greedy')
  await expect(sampling.locator('option').last()).toHaveText(
    'as its makers suggest: temperature 1.3, top-p 0.9, top-k 40',
  )
  await page.getByTestId('temperature').fill('0')
  const likeliest = await (await ask(page, 'One?')).locator('.answer').textContent()
  await sampling.selectOption('model')
  const drawn = await (await ask(page, 'One?')).locator('.answer').textContent()
  expect(drawn).not.toBe(likeliest)
})
