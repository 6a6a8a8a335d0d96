import { Group, Stack, Text, Title } from '@mantine/core'
import { useEffect, type ReactNode } from 'react'

type Props = {
  readonly title: string
  readonly shown?: ReactNode
  readonly says?: ReactNode
  readonly actions?: ReactNode
}

/** The head of a page, which is also the title of the browser's tab. `shown` replaces the title on the page only. */
export function PageHeader({ title, shown, says, actions }: Props) {
  useEffect(() => {
    document.title = `${title} · Consent Relay`
  }, [title])
  return (
    <Group justify="space-between" align="flex-start" mb="md" gap="sm">
      <Stack gap={2} flex="1 1 240px">
        <Title order={1}>{shown ?? title}</Title>
        {says && (
          <Text c="dimmed" size="sm" component="div">
            {says}
          </Text>
        )}
      </Stack>
      {actions && <Group gap="xs">{actions}</Group>}
    </Group>
  )
}
