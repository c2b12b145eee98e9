'use client'
import { useEffect, useState } from 'react'
import { answer } from '../answer.mjs'

export default function Page() {
  const [told, tell] = useState('')
  useEffect(() => {
    answer(new URL('/model/', location.href))
      .catch((error) => ({ error: `${error.code}: ${error.message}` }))
      .then((of) => tell(JSON.stringify(of)))
  }, [])
  return <output>{told}</output>
}
