import { Button, Text, TextInput } from '@mantine/core'
import { Search } from 'lucide-react'
import { useState } from 'react'
import type { MergeField } from '../../api/mailchimp.ts'
import type { PathKind, SeenPath } from '../../api/sources.ts'
import { Loading } from '../../ui/Loaded.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { count, counted } from '../../ui/time.ts'
import type { Rule } from '../draft/draft.ts'
import styles from './MappingEditor.module.css'
import { unmappedPaths, type Known } from './review-rules.ts'
import { suggestField, tagFor } from './suggest.ts'

type Props = {
  readonly known: Known
  readonly isLoading: boolean
  readonly examined: number | undefined
  readonly rules: readonly Rule[]
  readonly onAdd: (rule: Rule) => void
}

const KINDS = { yes_no: 'yes or no', list: 'list of values', text: 'text' } as const satisfies Record<PathKind, string>

/** What real events hold and no row reads, each with the merge tag that fits by its name. */
export function UnmappedPaths({ known, isLoading, examined, rules, onAdd }: Props) {
  const [search, setSearch] = useState('')
  if (isLoading)
    return (
      <Panel title="Seen in events, not mapped">
        <Loading rows={6} />
      </Panel>
    )
  if (!known.paths || known.paths.length === 0) return <NothingSeen isLoaded={known.paths !== undefined} />
  const found = unmappedPaths(rules, known.paths).filter(seen => isLike(seen, search))
  const free = (known.fields ?? []).filter(
    ({ tag }) => !rules.some(rule => rule.id.trim().toUpperCase() === tag.toUpperCase()),
  )
  return (
    <Panel title="Seen in events, not mapped">
      <TextInput
        aria-label="Search what was seen"
        placeholder="Search by name or id"
        leftSection={<Search size={15} aria-hidden />}
        size="xs"
        mb="xs"
        value={search}
        onChange={event => setSearch(event.currentTarget.value)}
      />
      {found.map(seen => (
        <Seen key={seen.path} seen={seen} free={free} onAdd={onAdd} />
      ))}
      {found.length === 0 && (
        <Text size="sm" c="dimmed">
          {search === '' ? 'Everything that was seen is mapped.' : 'Nothing that was seen matches.'}
        </Text>
      )}
      <Text size="xs" c="dimmed" mt="xs">
        From the newest {counted(examined ?? 0, ['fact', 'facts'])} of this source.
      </Text>
    </Panel>
  )
}

const isLike = ({ path, place }: SeenPath, search: string): boolean =>
  `${path} ${place}`.toLowerCase().includes(search.trim().toLowerCase())

function NothingSeen({ isLoaded }: { readonly isLoaded: boolean }) {
  if (!isLoaded) return null
  return (
    <Text size="sm" c="dimmed">
      This source has sent no event with preferences yet, so there is nothing to suggest. Paths can be typed.
    </Text>
  )
}

type SeenProps = Pick<Props, 'onAdd'> & {
  readonly seen: SeenPath
  /** Merge fields that no row fills yet. */
  readonly free: readonly MergeField[]
}

function Seen({ seen, free, onAdd }: SeenProps) {
  const suggested = suggestField(seen.path, free)
  const tag = suggested?.tag ?? tagFor(seen.path)
  const words = suggested ? `Map to ${tag}` : `Add as ${tag || 'a row'}`
  return (
    <div className={styles.seen}>
      <div>
        <Text size="sm">{seen.place}</Text>
        <Text size="xs" c="dimmed">
          {KINDS[seen.kind]} · {count(seen.people)} people
          {seen.samples.length > 0 && ` · such as ${seen.samples.slice(0, 2).join(', ')}`}
        </Text>
      </div>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={`${words}: ${seen.place}`}
        onClick={() => onAdd({ id: tag, value: seen.path })}
      >
        {words}
      </Button>
    </div>
  )
}
