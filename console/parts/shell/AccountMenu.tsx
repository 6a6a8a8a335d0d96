import { ActionIcon, Menu, Text, Tooltip } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { CircleUser, KeyRound, LogOut, MonitorSmartphone } from 'lucide-react'
import { sessionQuery, SIGNED_OUT, signOut } from '../../api/session.ts'

export function AccountMenu() {
  const { data: session } = useQuery(sessionQuery)
  const leave = useSignOut()
  if (!session?.signed_in) return null
  const { email, name, role } = session.account
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <Tooltip label={`${name} (${role})`}>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Account">
            <CircleUser size={19} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
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
