import { Center, Paper, Stack, Text, Title } from '@mantine/core'
import { useEffect, type ReactNode } from 'react'
import { Logo } from './Logo.tsx'

type Props = { readonly title: string; readonly says?: ReactNode; readonly children: ReactNode }

/** A page of somebody who is not signed in. */
export function Door({ title, says, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Consent Relay`
  }, [title])
  return (
    <Center component="main" mih="100vh" p="md">
      <Stack w="100%" maw={400}>
        <Logo />
        <Paper withBorder p="xl">
          <Title order={1}>{title}</Title>
          {says && (
            <Text c="dimmed" size="sm" mt={4} component="div">
              {says}
            </Text>
          )}
          <Stack mt="lg">{children}</Stack>
        </Paper>
      </Stack>
    </Center>
  )
}
