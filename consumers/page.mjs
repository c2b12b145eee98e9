// The consumer's program in a page: the answer, or what went wrong, becomes the page's text.
import { answer } from './answer.mjs'

const told = await answer(new URL('/model/', location.href)).catch((error) => ({
  error: `${error.code}: ${error.message}`,
}))
document.querySelector('output').textContent = JSON.stringify(told)
