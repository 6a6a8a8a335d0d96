import { TextInput } from '@mantine/core'
import { fromLocalInput, toLocalInput } from './time.ts'

type Props = {
  readonly label: string
  readonly value: string | undefined
  readonly onChange: (at: string | undefined) => void
  readonly error?: string | undefined
}

// What is typed is not told on before it is left: half a year is a time, too.
/** A time to the minute, as the clock of the browser shows it. */
export function InstantInput({ label, value, onChange, error }: Props) {
  const shown = value === undefined ? '' : toLocalInput(value)
  return (
    <TextInput
      key={shown}
      type="datetime-local"
      label={label}
      error={error}
      defaultValue={shown}
      onBlur={({ currentTarget }) => {
        if (currentTarget.value !== shown) onChange(fromLocalInput(currentTarget.value))
      }}
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Enter') currentTarget.blur()
      }}
    />
  )
}
