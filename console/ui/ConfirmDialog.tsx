import { lazy, Suspense, useState } from 'react'
import type { ConfirmProps } from './ConfirmModal.tsx'

const ConfirmModal = lazy(async () => ({ default: (await import('./ConfirmModal.tsx')).ConfirmModal }))

/** A last look at what is about to happen. Its scripts come when the first one is opened. */
export function ConfirmDialog(props: ConfirmProps) {
  const [wasOpened, setWasOpened] = useState(false)
  if (props.isOpen && !wasOpened) setWasOpened(true)
  if (!wasOpened) return null
  return (
    <Suspense>
      <ConfirmModal {...props} />
    </Suspense>
  )
}
