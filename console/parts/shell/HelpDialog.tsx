import { Anchor, Group, Kbd, Modal, Stack, Table, Text } from '@mantine/core'
import { PAGES } from './navigation.ts'

type Props = { readonly isOpen: boolean; readonly onClose: () => void }

const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['/'], 'Search people and pages'],
  [['Ctrl', 'K'], 'The same, also while typing'],
  [['?'], 'This help'],
  [['Esc'], 'Close a dialog'],
]

export function HelpDialog({ isOpen, onClose }: Props) {
  const rows = [...KEYS, ...PAGES.map(({ key, name }) => [['g', key], name] as const)]
  return (
    <Modal opened={isOpen} onClose={onClose} title="Keyboard and help" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        <Table verticalSpacing={5} highlightOnHover={false}>
          <Table.Tbody>
            {rows.map(([keys, what]) => (
              <Table.Tr key={what}>
                <Table.Td w={110}>
                  <Group gap={4}>
                    {keys.map(key => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </Group>
                </Table.Td>
                <Table.Td>{what}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Text size="sm">
          Everything shown here comes from the public API.{' '}
          <Anchor href="/docs" underline="always">
            Read about the API
          </Anchor>
        </Text>
      </Stack>
    </Modal>
  )
}
