import { Anchor, Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { sessionQuery, signIn } from '../../api/session.ts'
import { Door } from '../../parts/shell/Door.tsx'
import { ProblemNotice } from '../../ui/ProblemNotice.tsx'

const route = getRouteApi('/sign-in')

export function SignIn() {
  const { data: session } = useQuery(sessionQuery)
  const needsSetUp = session?.signed_in === false && session.setup_needed
  if (needsSetUp) return <SetUpFirst />
  return (
    <Door title="Sign in">
      <SignInForm />
    </Door>
  )
}

function SetUpFirst() {
  return (
    <Door
      title="Set up Consent Relay"
      says="There is no account yet. The service printed a link for the first one when it started; open that link. It looks like this:"
    >
      <code className="code">{window.location.origin}/setup#token=…</code>
      <Anchor size="sm" href="/">
        I have opened it, go on
      </Anchor>
    </Door>
  )
}

function SignInForm() {
  const enter = useSignIn()
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: '', password: '' } })
  return (
    <form onSubmit={form.onSubmit(values => enter.mutate(values))}>
      <Stack>
        <TextInput
          label="Email"
          type="email"
          autoComplete="username"
          required
          data-autofocus
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        {enter.error && <ProblemNotice problem={enter.error} />}
        <Button type="submit" loading={enter.isPending} fullWidth>
          Sign in
        </Button>
      </Stack>
    </form>
  )
}

function useSignIn() {
  const queries = useQueryClient()
  const router = useRouter()
  const { next } = route.useSearch()
  return useMutation({
    mutationFn: signIn,
    meta: { problem: 'inline' },
    onSuccess: session => {
      // Whoever was signed in before in this tab may have seen more.
      queries.clear()
      queries.setQueryData(sessionQuery.queryKey, session)
      router.history.push(next ?? '/')
    },
  })
}
