import { createRoot } from 'react-dom/client'
import { Reader } from './reader.jsx'

const model =
  new URLSearchParams(location.search).get('model') ?? 'HuggingFaceTB/SmolLM2-135M-Instruct'
createRoot(document.querySelector('main')).render(<Reader model={model} />)
