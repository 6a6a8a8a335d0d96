import { Button, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'

type Props = {
  readonly onBack?: () => void
  readonly onNext?: () => void
  /** What is missing before the next step. */
  readonly missing?: string
  readonly isWide?: boolean
  /** In the place of `Next`. */
  readonly actions?: ReactNode
  readonly children: ReactNode
}

export function StepFrame({ onBack, onNext, missing, isWide, actions, children }: Props) {
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
        {actions}
        {missing !== undefined && (
          <Text size="sm" role="status">
            {missing}
          </Text>
        )}
      </Group>
    </Stack>
  )
}
