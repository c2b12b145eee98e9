// The model that comes with the page.

export function builtInModel(): URL {
  return new URL('models/default/', document.baseURI)
}
