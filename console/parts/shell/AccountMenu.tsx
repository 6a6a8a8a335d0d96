import { Menu, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { KeyRound, LogOut, MonitorSmartphone } from 'lucide-react'
import type { ReactNode } from 'react'
import { sessionQuery, SIGNED_OUT, signOut, type Session } from '../../api/session.ts'

type Props = {
  readonly account: Extract<Session, { signed_in: true }>['account']
  readonly button: ReactNode
}

/** It is open when it comes. */
export function AccountMenu({ account: { name, email, role }, button }: Props) {
  const leave = useSignOut()
  return (
    <Menu defaultOpened position="bottom-end" width={230}>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--mantine-color-text)">
            {name}
          </Text>
          <Text size="xs">
            {email} · {role}
          </Text>
        </Menu.Label>
        <Menu.Item component={Link} to="/settings/account" leftSection={<KeyRound size={16} />}>
          Change password
        </Menu.Item>
        <Menu.Item component={Link} to="/settings/sessions" leftSection={<MonitorSmartphone size={16} />}>
          Sessions
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<LogOut size={16} />} onClick={() => leave.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function useSignOut() {
  const queries = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: signOut,
    onSuccess: async () => {
      queries.setQueryData(sessionQuery.queryKey, SIGNED_OUT)
      await navigate({ to: '/sign-in', search: {} })
    },
  })
}
