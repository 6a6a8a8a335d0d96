import { Anchor, Button, Container } from '@mantine/core'
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { ApiProblem } from '../../api.ts'
import { Empty } from '../../ui/Empty.tsx'
import { ProblemNotice } from '../../ui/ProblemNotice.tsx'

/** A page that could not be shown: a refusal of the service, or a bug of the console. */
export function BrokenPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const retry = (): void => {
    reset()
    void router.invalidate()
  }
  return (
    <Container size="sm" py="xl">
      <ProblemNotice problem={error instanceof ApiProblem ? error : bug(error)} onRetry={retry} />
      <Button mt="md" variant="default" onClick={() => window.location.reload()}>
        Load the page anew
      </Button>
    </Container>
  )
}

const bug = (error: unknown): ApiProblem =>
  new ApiProblem(
    {
      code: 'console_bug',
      title: 'This page broke',
      detail: error instanceof Error ? error.message : 'The reason is not known.',
      advice: 'Load the page anew, for the service may have been upgraded meanwhile. If it breaks again, report it.',
    },
    0,
  )

export function MissingPage() {
  return (
    <Empty title="There is no such page">
      <Anchor component={Link} to="/" size="sm">
        Go to the overview
      </Anchor>
    </Empty>
  )
}
