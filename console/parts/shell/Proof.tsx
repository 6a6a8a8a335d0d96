import { lazy, Suspense, useEffect, useState } from 'react'
import { proveWith } from '../../api.ts'

const ProofDialog = lazy(async () => ({ default: (await import('./ProofDialog.tsx')).ProofDialog }))

type Answer = (proved: boolean) => void

/** Asks for the password before what a stolen session must not do, and lets that go on. */
export function Proof() {
  const [answer, setAnswer] = useState<Answer>()
  useEffect(() => {
    proveWith(() => new Promise<boolean>(resolve => setAnswer(() => resolve)))
    return () => proveWith(undefined)
  }, [])
  if (!answer) return null
  const end = (proved: boolean): void => {
    setAnswer(undefined)
    answer(proved)
  }
  return (
    <Suspense>
      <ProofDialog onEnd={end} />
    </Suspense>
  )
}
