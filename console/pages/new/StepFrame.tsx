import { Button, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'

type Props = {
  readonly onBack?: () => void
  readonly onNext?: () => void
  /** What is missing before the next step. */
  readonly missing?: string
  readonly isWide?: boolean
  readonly children: ReactNode
}

export function StepFrame({ onBack, onNext, missing, isWide, children }: Props) {
  return (
    <Stack maw={isWide ? undefined : 680}>
      {children}
      <Group>
        {onBack && (
          <Button variant="default" onClick={onBack}>
            Back
          </Button>
        )}
        {onNext && (
          <Button onClick={onNext} disabled={missing !== undefined}>
            Next
          </Button>
        )}
        {missing !== undefined && (
          <Text size="sm" role="status">
            {missing}
          </Text>
        )}
      </Group>
    </Stack>
  )
}
