import { Text } from '@mantine/core'
import type { Impact } from '../api/plans.ts'
import { count } from '../ui/time.ts'

type Counts = Impact['fields']

const WORDS = {
  denied: 'denied',
  granted: 'granted',
  cleared: 'cleared',
  other: 'filled otherwise',
  left: 'not filled any more, and left as they are',
} as const satisfies Record<keyof Counts, string>

const CHANGES = ['denied', 'granted', 'cleared', 'other', 'left'] as const satisfies readonly (keyof Counts)[]

/** How many merge fields a change denies, grants, and so on; nothing when it changes none. */
export function FieldCounts({ fields }: { readonly fields: Counts }) {
  const parts = CHANGES.filter(change => fields[change] > 0).map(change => `${count(fields[change])} ${WORDS[change]}`)
  if (parts.length === 0) return null
  return <Text size="sm">Merge fields: {parts.join(', ')}.</Text>
}
