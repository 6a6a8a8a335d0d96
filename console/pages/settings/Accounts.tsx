import { Button, Menu, Paper, Table } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import type { Role } from '../../api/session.ts'
import { accountsQuery, changeAccount, type Account, type AccountChange } from '../../api/settings.ts'
import { Loaded } from '../../ui/Loaded.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { Scroll } from '../../ui/Scroll.tsx'
import { Status } from '../../ui/Status.tsx'
import { Time } from '../../ui/Time.tsx'
import { NewAccountDialog } from './NewAccountDialog.tsx'
import { NewPasswordDialog } from './NewPasswordDialog.tsx'

const ROLES = ['owner', 'operator', 'viewer'] as const satisfies readonly Role[]

/** Who may sign in, and as what. */
export function Accounts() {
  const query = useQuery(accountsQuery)
  const [isOpen, dialog] = useDisclosure(false)
  return (
    <>
      <PageHeader
        title="Accounts"
        says="Viewers see everything; operators change integrations and replay; owners also keep accounts and tokens."
        actions={
          <Button leftSection={<Plus size={16} />} onClick={dialog.open}>
            New account
          </Button>
        }
      />
      <Paper withBorder p="md">
        <Loaded query={query}>
          {({ data }) => (
            <Scroll label="Accounts">
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name</Table.Th>
                    <Table.Th>Email</Table.Th>
                    <Table.Th>Role</Table.Th>
                    <Table.Th>State</Table.Th>
                    <Table.Th>Made</Table.Th>
                    <Table.Td />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {data.map(account => (
                    <Row key={account.id} account={account} />
                  ))}
                </Table.Tbody>
              </Table>
            </Scroll>
          )}
        </Loaded>
      </Paper>
      <NewAccountDialog isOpen={isOpen} onClose={dialog.close} />
    </>
  )
}

function Row({ account }: { readonly account: Account }) {
  return (
    <Table.Tr>
      <Table.Td fw={550}>{account.name}</Table.Td>
      <Table.Td>{account.email}</Table.Td>
      <Table.Td>{account.role}</Table.Td>
      <Table.Td>
        {account.disabled_at === null ? <Status tone="good">enabled</Status> : <Status tone="calm">disabled</Status>}
      </Table.Td>
      <Table.Td>
        <Time at={account.created_at} />
      </Table.Td>
      <Table.Td ta="right">
        <Actions account={account} />
      </Table.Td>
    </Table.Tr>
  )
}

function Actions({ account: { id, name, role, disabled_at } }: { readonly account: Account }) {
  const queries = useQueryClient()
  const [isSetting, password] = useDisclosure(false)
  const { mutate, isPending } = useMutation({
    mutationFn: (change: AccountChange['change']) => changeAccount({ id, change }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['accounts'] }),
  })
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="compact-sm" variant="default" loading={isPending} aria-label={`Change ${name}`}>
            Change
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {ROLES.filter(each => each !== role).map(each => (
            <Menu.Item key={each} onClick={() => mutate({ role: each })}>
              Make {each}
            </Menu.Item>
          ))}
          <Menu.Item onClick={password.open}>Set a new password</Menu.Item>
          <Menu.Item onClick={() => mutate({ disabled: disabled_at === null })}>
            {disabled_at === null ? 'Disable' : 'Enable'}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <NewPasswordDialog name={name} accountId={id} isOpen={isSetting} onClose={password.close} />
    </>
  )
}
