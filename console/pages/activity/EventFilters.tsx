import { TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { FACT_TYPES } from '../../../src/domain/fact.ts'
import { ATTEMPT_REASONS } from '../../../src/domain/reason.ts'
import { sourcesQuery } from '../../api/sources.ts'
import { causeWords } from '../../parts/FailureWords.tsx'
import { fromPersonKey, toPersonKey } from '../../parts/person-key.ts'
import { given, oneOf } from '../../search-params.ts'
import { type readActivitySearch, type AnswerStatus } from './activity-search.ts'
import { FilterSelect } from '../../ui/FilterSelect.tsx'
import { TimeFilter } from './TimeFilter.tsx'

// The list of events does not wait for it.
const PersonPicker = lazy(async () => ({ default: (await import('../../parts/PersonPicker.tsx')).PersonPicker }))

const route = getRouteApi('/app/activity')

type Search = ReturnType<typeof readActivitySearch>
type Changes = { readonly [K in keyof Search]?: Search[K] | undefined }

/** Everything by which events are narrowed; all of it stands in the address. */
export function EventFilters() {
  const { source, who, hours, from, to, type, answer, reason } = route.useSearch()
  const navigate = route.useNavigate()
  const change = (changes: Changes): void =>
    void navigate({ search: before => given({ ...before, ...changes }), replace: true })
  const person = who === undefined ? null : (fromPersonKey(who) ?? null)
  return (
    <>
      <Suspense fallback={<TextInput label="Person" disabled />}>
        <PersonPicker
          label="Person"
          person={person}
          onChange={next => change({ who: next === null ? undefined : toPersonKey(next) })}
        />
      </Suspense>
      <SourceFilter value={source} onChange={next => change({ source: next })} />
      <TimeFilter hours={hours} from={from} to={to} onChange={change} />
      <FilterSelect
        label="Type"
        isLabelSeen
        all="Any type"
        options={FACT_TYPES.map(each => ({ value: each, label: each }))}
        value={type}
        onChange={next => change({ type: oneOf(next, FACT_TYPES) })}
      />
      <AnswerFilter value={answer} onChange={next => change({ answer: next })} />
      <FilterSelect
        label="Reason of an attempt"
        isLabelSeen
        all="Any reason"
        options={ATTEMPT_REASONS.map(each => ({ value: each, label: causeWords(each) }))}
        value={reason}
        onChange={next => change({ reason: oneOf(next, ATTEMPT_REASONS) })}
      />
    </>
  )
}

type SourceProps = { readonly value: string | undefined; readonly onChange: (id: string | undefined) => void }

function SourceFilter({ value, onChange }: SourceProps) {
  const { data: sources } = useQuery(sourcesQuery)
  return (
    <FilterSelect
      label="Source"
      isLabelSeen
      all="All sources"
      options={(sources?.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      value={value}
      onChange={onChange}
    />
  )
}

/** Those that Mailchimp documents, and those of what stands before it. */
const USUAL = [200, 400, 401, 402, 403, 404, 405, 414, 422, 429, 500, 502, 503, 504]

type AnswerProps = {
  readonly value: AnswerStatus | undefined
  readonly onChange: (answer: AnswerStatus | undefined) => void
}

function AnswerFilter({ value, onChange }: AnswerProps) {
  const statuses = typeof value === 'number' && !USUAL.includes(value) ? [...USUAL, value] : USUAL
  return (
    <FilterSelect
      label="Mailchimp answered"
      isLabelSeen
      all="Anything"
      options={[
        { value: 'none', label: 'No answer' },
        ...statuses.map(each => ({ value: `${each}`, label: `${each}` })),
      ]}
      value={value?.toString()}
      onChange={next => onChange(next === undefined || next === 'none' ? next : Number(next))}
    />
  )
}
