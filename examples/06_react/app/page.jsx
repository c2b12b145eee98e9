'use client'
import { useEffect, useState } from 'react'
import { Reader } from '../reader.jsx'

export default function Page() {
  const [model, setModel] = useState('HuggingFaceTB/SmolLM2-135M-Instruct')
  useEffect(() => {
    const named = new URLSearchParams(location.search).get('model')
    if (named) setModel(named)
  }, [])
  return <Reader model={model} />
}
