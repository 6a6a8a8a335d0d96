import { Text, Tooltip } from '@mantine/core'
import { localTime, relativeTime, utcTime } from './time.ts'
import { useNow } from './use-now.ts'

/** A time as it is talked about; local time and UTC on hover. */
export function Time({ at, inline = false }: { readonly at: string; readonly inline?: boolean }) {
  const now = useNow()
  return (
    <Tooltip label={`${localTime(at)} here · ${utcTime(at)}`}>
      <Text component="time" dateTime={at} inherit={inline} size={inline ? undefined : 'sm'} className="number">
        {relativeTime(at, now)}
      </Text>
    </Tooltip>
  )
}
