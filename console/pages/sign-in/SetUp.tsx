import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { sessionQuery, setUp } from '../../api/session.ts'
import { passwordFault } from '../../parts/password.ts'
import { Door } from '../../parts/shell/Door.tsx'
import { ProblemNotice } from '../../ui/ProblemNotice.tsx'

// After the `#`, where it reaches no server and no log.
const tokenInAddress = (): string => new URLSearchParams(window.location.hash.slice(1)).get('token') ?? ''

/** The first account, by the link that the service printed. */
export function SetUp() {
  const [token] = useState(tokenInAddress)
  if (token === '')
    return (
      <Door
        title="This link is not complete"
        says="Open the whole link that the service printed when it started, with the part after the #."
      >
        <Button component="a" href="/sign-in" variant="default">
          Go to sign-in
        </Button>
      </Door>
    )
  return (
    <Door title="Set up Consent Relay" says="Make the first account. It will be an owner, and can add others.">
      <SetUpForm token={token} />
    </Door>
  )
}

function SetUpForm({ token }: { readonly token: string }) {
  const make = useSetUp()
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name: '', email: '', password: '' },
    validate: { password: passwordFault },
  })
  return (
    <form onSubmit={form.onSubmit(values => make.mutate({ token, ...values }))}>
      <Stack>
        <TextInput
          label="Your name"
          autoComplete="name"
          required
          key={form.key('name')}
          {...form.getInputProps('name')}
        />
        <TextInput
          label="Email"
          type="email"
          autoComplete="username"
          required
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label="Password"
          description="At least 12 characters"
          autoComplete="new-password"
          required
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        {make.error && <ProblemNotice problem={make.error} />}
        <Button type="submit" loading={make.isPending} fullWidth>
          Make the account and sign in
        </Button>
      </Stack>
    </form>
  )
}

function useSetUp() {
  const queries = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: setUp,
    meta: { problem: 'inline' },
    onSuccess: async session => {
      queries.setQueryData(sessionQuery.queryKey, session)
      await navigate({ to: '/', replace: true })
    },
  })
}
