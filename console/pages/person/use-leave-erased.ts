import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Erasure } from '../../api/people.ts'
import { counted } from '../../ui/time.ts'

type Erased = { readonly facts: number; readonly deliveries: number; readonly unproven?: Erasure['unproven'] }

/** Says what was erased and what is unproven, and leaves the page of a person who is gone. */
export function useLeaveErased(): (erased: Erased) => Promise<void> {
  const queries = useQueryClient()
  const navigate = useNavigate()
  return async ({ facts, deliveries, unproven = [] }) => {
    const what = `${counted(facts, ['fact', 'facts'])} and ${counted(deliveries, ['delivery', 'deliveries'])}`
    notifications.show({ message: `Erased ${what}.` })
    if (unproven.length > 0) notifications.show(unprovenNotice(unproven))
    await navigate({ to: '/people' })
    // After the page of the person is left, which would ask for them once more.
    for (const queryKey of [['people'], ['events'], ['failures']]) void queries.resetQueries({ queryKey })
  }
}

/** Stays until it is closed: what Mailchimp may still hold is nobody's any more here. */
const unprovenNotice = (unproven: Erasure['unproven']) => ({
  title: 'Not proved at Mailchimp',
  message: `A yes may still stand there: ${[...new Set(unproven.map(({ says }) => says))].join('; ')}. Look at the contact.`,
  color: 'red.9',
  autoClose: false as const,
})
