import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { erasureQuery, type Erasure } from '../../api/people.ts'
import { Notice } from '../../ui/Notice.tsx'
import { Time } from '../../ui/Time.tsx'
import { useLeaveErased } from './use-leave-erased.ts'

/** What the erasure of a person waits for. The page is left when it has ended. */
export function ErasureNotice({ erasure }: { readonly erasure: Erasure }) {
  const { data = erasure } = useQuery(erasureQuery(erasure.id))
  const leave = useLeaveErased()
  const hasLeft = useRef(false)
  const { erased, state, unproven, waits_for: waitsFor } = data
  useEffect(() => {
    if (state !== 'erased' || !erased || hasLeft.current) return
    hasLeft.current = true
    void leave({ ...erased, unproven })
  }, [state, erased, unproven, leave])
  return (
    <Notice tone="warn" role="status" icon={<Trash2 size={18} />} title="Being erased">
      <Text size="sm">
        {waitsFor.length === 0 ? 'The last steps are under way.' : `Waits: ${saysIn(waitsFor)}.`} It ends by{' '}
        <Time at={data.ends_by} inline />, and then names what is unproven.
      </Text>
    </Notice>
  )
}

const saysIn = (obstacles: Erasure['waits_for']): string => [...new Set(obstacles.map(({ says }) => says))].join('; ')
