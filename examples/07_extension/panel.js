// The panel holds the worker: it lives as long as the panel is open. An extension's service worker would be ended by the browser.
import './longtab_reader.js'

const reader = document.querySelector('longtab-reader')
const { searchParams } = new URL(location.href)
reader.setAttribute('model', searchParams.get('model') ?? 'HuggingFaceTB/SmolLM2-135M-Instruct')

document.querySelector('#take').addEventListener('click', async () => {
  const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true })
  const [{ result }] = await chrome.scripting.executeScript({
    target: { tabId: tab.id },
    func: () => document.documentElement.outerHTML,
  })
  await reader.read(new Blob([result], { type: 'text/html' })).catch(() => undefined) // it has been shown
})
