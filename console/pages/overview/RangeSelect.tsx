import { SegmentedControl } from '@mantine/core'
import { RANGES, type Range } from './overview-search.ts'

const NAMES = { 1: '1 h', 24: '24 h', 168: '7 d', 720: '30 d' } as const satisfies Record<Range, string>

type Props = { readonly value: Range; readonly onChange: (range: Range) => void }

export function RangeSelect({ value, onChange }: Props) {
  return (
    <SegmentedControl
      aria-label="Time range"
      size="sm"
      data={RANGES.map(range => ({ value: String(range), label: NAMES[range] }))}
      value={String(value)}
      onChange={text => onChange(RANGES.find(range => String(range) === text) ?? value)}
    />
  )
}
