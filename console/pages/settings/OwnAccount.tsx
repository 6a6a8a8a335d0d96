import { Button, PasswordInput, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { changePassword, sessionQuery } from '../../api/session.ts'
import { passwordFault } from '../../parts/password.ts'
import { Facts } from '../../ui/Facts.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { ProblemNotice } from '../../ui/ProblemNotice.tsx'
import { Time } from '../../ui/Time.tsx'

export function OwnAccount() {
  const { data: session } = useQuery(sessionQuery)
  if (!session?.signed_in) return null
  const { name, email, role } = session.account
  return (
    <>
      <PageHeader title="Your account" />
      <Stack maw={560}>
        <Panel title="Account">
          <Facts
            lines={[
              ['Name', name],
              ['Email', email],
              ['Role', role],
              ['This session ends', <Time at={session.expires_at} />],
            ]}
          />
        </Panel>
        <Panel title="Change password">
          <PasswordForm />
        </Panel>
      </Stack>
    </>
  )
}

function PasswordForm() {
  const queries = useQueryClient()
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { current: '', next: '' },
    validate: { next: passwordFault },
  })
  const change = useMutation({
    mutationFn: changePassword,
    meta: { problem: 'inline' },
    onSuccess: session => {
      queries.setQueryData(sessionQuery.queryKey, session)
      form.reset()
      notifications.show({ message: 'The password is changed. Your other sessions have ended.' })
    },
  })
  return (
    <form onSubmit={form.onSubmit(values => change.mutate(values))}>
      <Stack gap="sm">
        <PasswordInput
          label="Present password"
          autoComplete="current-password"
          required
          key={form.key('current')}
          {...form.getInputProps('current')}
        />
        <PasswordInput
          label="New password"
          description="At least 12 characters"
          autoComplete="new-password"
          required
          key={form.key('next')}
          {...form.getInputProps('next')}
        />
        {change.error && <ProblemNotice problem={change.error} />}
        <Button type="submit" loading={change.isPending} w="fit-content">
          Change the password
        </Button>
      </Stack>
    </form>
  )
}
