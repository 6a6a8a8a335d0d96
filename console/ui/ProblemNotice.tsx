import { Button, List, Stack, Text } from '@mantine/core'
import { TriangleAlert } from 'lucide-react'
import type { ApiProblem } from '../api.ts'
import { Notice } from './Notice.tsx'

type Props = { readonly problem: ApiProblem; readonly onRetry?: () => void }

/** What went wrong, what to do about it, and a way to try again. */
export function ProblemNotice({ problem, onRetry }: Props) {
  return (
    <Notice tone="bad" icon={<TriangleAlert size={18} />} title={problem.title} role="alert">
      <Stack gap={6} align="flex-start">
        <Text size="sm">{problem.message}</Text>
        {problem.errors.length > 0 && (
          <List size="sm" spacing={4}>
            {problem.errors.map(({ path, detail, remedy }) => (
              <List.Item key={`${path} ${detail}`}>
                {detail} {remedy}
              </List.Item>
            ))}
          </List>
        )}
        {problem.errors.length === 0 && <Text size="sm">{problem.advice}</Text>}
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Notice>
  )
}
