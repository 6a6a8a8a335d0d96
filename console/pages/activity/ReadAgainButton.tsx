import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { RefreshCw } from 'lucide-react'
import { readAgain, type Reread } from '../../api/events.ts'
import { counted } from '../../ui/time.ts'

/** Has a body read with the present version of the service. */
export function ReadAgainButton({ id }: { readonly id: string }) {
  const queries = useQueryClient()
  const reading = useMutation({
    mutationFn: () => readAgain(id),
    onSuccess: async reread => {
      notifications.show({ message: saysOf(reread) })
      await Promise.all(['quarantine', 'events'].map(key => queries.invalidateQueries({ queryKey: [key] })))
    },
  })
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<RefreshCw size={14} />}
      loading={reading.isPending}
      onClick={() => reading.mutate()}
    >
      Read again
    </Button>
  )
}

function saysOf({ records: { set_apart: left, ...read } }: Reread): string {
  const sum = Object.values(read).reduce((all, n) => all + n, 0)
  if (sum === 0) return 'This version of the service cannot read it either.'
  return left === 0 ? `Read: ${records(sum)}.` : `Read: ${records(sum)}. Still not: ${records(left)}.`
}

const records = (number: number): string => counted(number, ['record', 'records'])
