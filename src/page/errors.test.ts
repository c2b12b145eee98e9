import { describe, expect, it } from 'vitest'
import { LongtabError } from '../api/errors.ts'
import { errorCode, explain } from './errors.ts'

describe('explain', () => {
  it('shows the error’s own sentence, with advice for its code', () => {
    const problem = explain(
      new LongtabError('does-not-fit', 'cache needs 786 MB; lower the budget'),
    )
    expect(problem).toMatchObject({ code: 'does-not-fit', remedies: ['settings', 'model'] })
    expect(problem.message).toBe('Cache needs 786 MB; lower the budget.')
  })

  it('says that a model whose numbers went wrong is to be changed', () => {
    const why = 'the numbers of layer 3 became NaN in its attention (attend); use another model'
    expect(explain(new LongtabError('bad-numbers', why))).toMatchObject({
      ...{ code: 'bad-numbers', remedies: ['model', 'settings'] },
      message: `T${why.slice(1)}.`,
    })
  })

  it('keeps names at the start of a message as they are', () => {
    expect(explain(new LongtabError('bad-input', 'report.pdf is a PDF')).message).toBe(
      'report.pdf is a PDF.',
    )
    expect(explain(new LongtabError('network', 'https://x.org/ is gone')).message).toBe(
      'https://x.org/ is gone.',
    )
  })

  it('knows an error that lost its class on the way from a worker', () => {
    expect(errorCode(Object.assign(new Error('gone'), { code: 'device-lost' }))).toBe('device-lost')
    expect(errorCode(Object.assign(new Error('gone'), { code: 'ENOENT' }))).toBeUndefined()
  })

  it('advises by what was being done', () => {
    const error = new LongtabError('bad-input', 'line 2 of the training data is not JSON')
    expect(explain(error).remedies).toEqual(['document'])
    expect(explain(error, 'train').remedies).toEqual(['settings'])
    const cut = new LongtabError('bad-file', 'model.safetensors is cut')
    expect(explain(cut, 'train')).toEqual(explain(cut))
  })

  it('has words for anything thrown', () => {
    expect(explain('odd').message).toBe('Odd.')
    expect(explain(new Error('')).message).toBe('No reason was given.')
    expect(explain(undefined).code).toBe('unknown')
  })
})
