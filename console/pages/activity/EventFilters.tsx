import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { FACT_TYPES } from '../../../src/domain/fact.ts'
import { ATTEMPT_REASONS } from '../../../src/domain/reason.ts'
import { sourcesQuery } from '../../api/sources.ts'
import { causeWords } from '../../parts/FailureWords.tsx'
import { fromPersonKey, toPersonKey } from '../../parts/person-key.ts'
import { PersonPicker } from '../../parts/PersonPicker.tsx'
import { given, oneOf } from '../../search-params.ts'
import { type readActivitySearch, type AnswerStatus } from '../activity-search.ts'
import { TimeFilter } from './TimeFilter.tsx'

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
      <PersonPicker
        label="Person"
        person={person}
        onChange={next => change({ who: next === null ? undefined : toPersonKey(next) })}
      />
      <SourceFilter value={source} onChange={next => change({ source: next })} />
      <TimeFilter hours={hours} from={from} to={to} onChange={change} />
      <Select
        label="Type"
        placeholder="Any type"
        clearable
        w={150}
        data={FACT_TYPES}
        value={type ?? null}
        onChange={next => change({ type: oneOf(next, FACT_TYPES) })}
      />
      <AnswerFilter value={answer} onChange={next => change({ answer: next })} />
      <Select
        label="Reason of an attempt"
        placeholder="Any reason"
        clearable
        searchable
        w={200}
        data={ATTEMPT_REASONS.map(each => ({ value: each, label: causeWords(each) }))}
        value={reason ?? null}
        onChange={next => change({ reason: oneOf(next, ATTEMPT_REASONS) })}
      />
    </>
  )
}

type SourceProps = { readonly value: string | undefined; readonly onChange: (id: string | undefined) => void }

function SourceFilter({ value, onChange }: SourceProps) {
  const { data: sources } = useQuery(sourcesQuery)
  return (
    <Select
      label="Source"
      placeholder="All sources"
      clearable
      w={170}
      data={(sources?.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      value={value ?? null}
      onChange={next => onChange(next ?? undefined)}
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
    <Select
      label="Mailchimp answered"
      placeholder="Anything"
      clearable
      searchable
      w={170}
      data={[{ value: 'none', label: 'No answer' }, ...statuses.map(String)]}
      value={value?.toString() ?? null}
      onChange={next => onChange(next === null || next === 'none' ? (next ?? undefined) : Number(next))}
    />
  )
}
