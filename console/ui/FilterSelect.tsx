import { NativeSelect } from '@mantine/core'

type Option = { readonly value: string; readonly label: string }

type Props = {
  readonly label: string
  /** Whether the label is seen, or only read out. */
  readonly isLabelSeen?: boolean
  /** What stands there while nothing is left out. */
  readonly all: string
  readonly options: readonly Option[]
  readonly value: string | undefined
  readonly onChange: (value: string | undefined) => void
}

/** One of a few, or all of them: the browser's own list, which is the best on a phone and needs no scripts. */
export function FilterSelect({ label, isLabelSeen = false, all, options, value = '', onChange }: Props) {
  return (
    <NativeSelect
      label={isLabelSeen ? label : undefined}
      aria-label={label}
      miw={170}
      data={[{ value: '', label: all }, ...options]}
      value={value}
      onChange={event => onChange(event.currentTarget.value || undefined)}
    />
  )
}
