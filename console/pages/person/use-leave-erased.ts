import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { counted } from '../../ui/time.ts'

type Counts = { readonly facts: number; readonly deliveries: number }

/** Says what was erased, and leaves the page of a person who is gone. */
export function useLeaveErased(): (erased: Counts) => Promise<void> {
  const queries = useQueryClient()
  const navigate = useNavigate()
  return async ({ facts, deliveries }) => {
    const what = `${counted(facts, ['fact', 'facts'])} and ${counted(deliveries, ['delivery', 'deliveries'])}`
    notifications.show({ message: `Erased ${what}.` })
    await navigate({ to: '/people' })
    // After the page of the person is left, which would ask for them once more.
    for (const queryKey of [['people'], ['events'], ['failures']]) void queries.resetQueries({ queryKey })
  }
}
