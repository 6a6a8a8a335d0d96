import { Group, Text } from '@mantine/core'
import icon from '../../icon.svg'

export function Logo() {
  return (
    <Group gap={9} wrap="nowrap">
      <img src={icon} width={24} height={24} alt="" />
      <Text fw={650} size="sm">
        Consent Relay
      </Text>
    </Group>
  )
}
