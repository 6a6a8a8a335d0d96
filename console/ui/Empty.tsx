import { Button, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'

type Props = { readonly title: string; readonly says?: ReactNode; readonly children?: ReactNode }

/** Nothing is here yet: why, and the next step. */
export function Empty({ title, says, children }: Props) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center">
      <Text fw={600}>{title}</Text>
      {says && (
        <Text c="dimmed" size="sm" maw={460} component="div">
          {says}
        </Text>
      )}
      {children}
    </Stack>
  )
}

export function NothingFound({ onClear }: { readonly onClear: () => void }) {
  return (
    <Empty title="Nothing matches these filters">
      <Button size="xs" variant="default" onClick={onClear}>
        Clear filters
      </Button>
    </Empty>
  )
}
