import { Text } from '@mantine/core'
import { localTime, relativeTime, utcTime } from './time.ts'
import { useNow } from './use-now.ts'

/** A time as it is talked about; local time and UTC on hover. A list has hundreds: a tooltip each would be slow. */
export function Time({ at, inline = false }: { readonly at: string; readonly inline?: boolean }) {
  const now = useNow()
  return (
    <Text
      component="time"
      dateTime={at}
      title={`${localTime(at)} here · ${utcTime(at)}`}
      inherit={inline}
      size={inline ? undefined : 'sm'}
      className="number"
    >
      {relativeTime(at, now)}
    </Text>
  )
}
