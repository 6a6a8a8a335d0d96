import { Button, Paper, Table, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { revokeToken, tokensQuery, type Token } from '../../api/settings.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { Scroll } from '../../ui/Scroll.tsx'
import { Status } from '../../ui/Status.tsx'
import { Time } from '../../ui/Time.tsx'
import { NewTokenDialog } from './NewTokenDialog.tsx'

/** API tokens, for programs. */
export function Tokens() {
  const query = useQuery(tokensQuery)
  const [isOpen, dialog] = useDisclosure(false)
  return (
    <>
      <PageHeader
        title="API tokens"
        says="For programs that use the API. Each has a role, as an account has."
        actions={
          <Button leftSection={<Plus size={16} />} onClick={dialog.open}>
            New token
          </Button>
        }
      />
      <Paper withBorder p="md">
        <Loaded query={query}>
          {({ data }) =>
            data.length === 0 ? (
              <Empty title="No token yet" says="Make one for each program." />
            ) : (
              <List tokens={data} />
            )
          }
        </Loaded>
      </Paper>
      {isOpen && <NewTokenDialog onClose={dialog.close} />}
    </>
  )
}

function List({ tokens }: { readonly tokens: readonly Token[] }) {
  return (
    <Scroll label="API tokens">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Role</Table.Th>
            <Table.Th>Made</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Td />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tokens.map(token => (
            <Table.Tr key={token.id}>
              <Table.Td fw={550}>{token.name}</Table.Td>
              <Table.Td>{token.role}</Table.Td>
              <Table.Td>
                <Time at={token.created_at} />
              </Table.Td>
              <Table.Td>
                {token.revoked_at === null ? <Status tone="good">valid</Status> : <Status tone="calm">revoked</Status>}
              </Table.Td>
              <Table.Td ta="right">{token.revoked_at === null && <Revoke token={token} />}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  )
}

function Revoke({ token: { id, name } }: { readonly token: Token }) {
  const queries = useQueryClient()
  const [isOpen, dialog] = useDisclosure(false)
  const revocation = useMutation({
    mutationFn: () => revokeToken(id),
    meta: { problem: 'inline' },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['tokens'] }),
  })
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={dialog.open} aria-label={`Revoke ${name}`}>
        Revoke
      </Button>
      <ConfirmDialog
        title={`Revoke “${name}”?`}
        isOpen={isOpen}
        onClose={dialog.close}
        onConfirm={() => revocation.mutate()}
        confirm="Revoke"
        isDangerous
        isPending={revocation.isPending}
        problem={revocation.error}
      >
        <Text size="sm">Whatever uses it is refused from now on. This cannot be undone.</Text>
      </ConfirmDialog>
    </>
  )
}
