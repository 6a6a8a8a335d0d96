import { Group, Text } from '@mantine/core'
import { OctagonPause } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Hold } from '../api/integrations.ts'
import { Notice } from '../ui/Notice.tsx'
import { Time } from '../ui/Time.tsx'

type Props = {
  readonly hold: Pick<Hold, 'says' | 'next' | 'since'> & { readonly detail?: string }
  readonly title?: string
  readonly children?: ReactNode
}

/** Why nothing, or not everything, is delivered now, and what to do about it. */
export function HoldNotice({ hold, title = 'Held', children }: Props) {
  return (
    <Notice tone="warn" icon={<OctagonPause size={18} />} title={title}>
      <Text size="sm">
        {hold.says} {hold.detail && <Text span c="dimmed" inherit>{`(${hold.detail})`}</Text>}
      </Text>
      {hold.next !== '' && (
        <Text size="sm" mt={4} fw={550}>
          {hold.next}
        </Text>
      )}
      <Group justify="space-between" mt={6} c="dimmed" fz="xs">
        <span>
          Since <Time at={hold.since} inline />
        </span>
        {children}
      </Group>
    </Notice>
  )
}
