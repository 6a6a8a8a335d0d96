import { FilterSelect } from '../../ui/FilterSelect.tsx'
import { InstantInput } from '../../ui/InstantInput.tsx'
import { LOOKS_BACK } from './activity-search.ts'

type Hours = (typeof LOOKS_BACK)[number]
type Range = {
  readonly hours: Hours | undefined
  readonly from: string | undefined
  readonly to: string | undefined
}
type Props = Range & { readonly onChange: (range: Range) => void }

const NAMES = { 1: 'Last hour', 24: 'Last 24 hours', 168: 'Last 7 days' } as const satisfies Record<Hours, string>
const OWN = 'own'
const ANY = { hours: undefined, from: undefined, to: undefined }
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** Where a range of one's own begins, to be moved from there. */
const yesterday = (): string => new Date(Math.floor((Date.now() - DAY_MS) / MINUTE_MS) * MINUTE_MS).toISOString()

const isInOrder = (from: string | undefined, to: string | undefined): boolean =>
  from === undefined || to === undefined || Date.parse(from) < Date.parse(to)

/** When an event was received: lately, or in a range of one's own. */
export function TimeFilter({ hours, from, to, onChange }: Props) {
  const isOwn = hours === undefined && (from !== undefined || to !== undefined)
  const choose = (choice: string | undefined): void => {
    if (choice === OWN) onChange({ ...ANY, from: yesterday() })
    else onChange({ ...ANY, hours: LOOKS_BACK.find(each => String(each) === choice) })
  }
  return (
    <>
      <FilterSelect
        label="Received"
        isLabelSeen
        all="Any time"
        options={[
          ...LOOKS_BACK.map(each => ({ value: String(each), label: NAMES[each] })),
          { value: OWN, label: 'Custom range' },
        ]}
        value={isOwn ? OWN : hours?.toString()}
        onChange={choose}
      />
      {isOwn && (
        <>
          <InstantInput label="From" value={from} onChange={next => onChange({ ...ANY, from: next, to })} />
          <InstantInput
            label="To"
            value={to}
            error={isInOrder(from, to) ? undefined : 'Choose a time after From.'}
            onChange={next => onChange({ ...ANY, from, to: next })}
          />
        </>
      )}
    </>
  )
}
