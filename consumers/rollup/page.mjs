// Rollup puts what the page's program and Longtab's workers share into the program's own file, so a worker would run the program
// too. The part that uses Longtab is therefore imported by `import()`, which gives it a file of its own.
const told = await import('./answer.mjs')
  .then(({ answer }) => answer(new URL('/model/', location.href)))
  .catch((error) => ({ error: `${error.code}: ${error.message}` }))
document.querySelector('output').textContent = JSON.stringify(told)
