import { ActionIcon, Autocomplete, Group, Text } from '@mantine/core'
import { ArrowRight, Trash2 } from 'lucide-react'
import type { AudienceOf } from '../../api/mailchimp.ts'
import type { Rule } from '../draft/draft.ts'
import { CreateTag } from './CreateTag.tsx'
import styles from './MappingEditor.module.css'
import { fieldOf, type Known, type Remark } from './review-rules.ts'
import { suggestField } from './suggest.ts'

type Props = {
  readonly rule: Rule
  readonly position: number
  readonly remarks: readonly Remark[]
  readonly known: Known
  readonly audience: AudienceOf | undefined
  readonly onChange: (rule: Rule) => void
  readonly onRemove: () => void
}

export function RuleRow({ rule, position, remarks, known, audience, onChange, onRemove }: Props) {
  const seen = known.paths?.find(({ path }) => path === rule.value)
  const isTagMissing = remarks.some(({ code }) => code === 'tag_missing')
  return (
    <li>
      <div className={styles.row}>
        <PathField rule={rule} position={position} known={known} onChange={onChange} />
        <ArrowRight size={16} className={styles.arrow} aria-hidden />
        <TagField rule={rule} position={position} known={known} onChange={onChange} />
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Remove row ${position}`}
          title="Remove this row"
          onClick={onRemove}
        >
          <Trash2 size={16} />
        </ActionIcon>
      </div>
      {seen && seen.place !== seen.path && <p className={styles.place}>{seen.place}</p>}
      {remarks.length > 0 && (
        <Group gap="xs" className={styles.remarks} role="status">
          {remarks.map(({ kind, says }) => (
            <span key={says} className={styles.remark} data-kind={kind}>
              {says}
            </span>
          ))}
          {isTagMissing && audience && <CreateTag tag={rule.id.trim()} path={rule.value} audience={audience} />}
        </Group>
      )}
    </li>
  )
}

type FieldProps = Pick<Props, 'rule' | 'position' | 'known' | 'onChange'>

function PathField({ rule, position, known, onChange }: FieldProps) {
  const paths = known.paths ?? []
  const choose = (value: string): void => {
    const suggested = rule.id === '' ? suggestField(value, known.fields ?? []) : undefined
    onChange({ id: suggested?.tag ?? rule.id, value })
  }
  return (
    <Autocomplete
      aria-label={`Preference of row ${position}`}
      placeholder="consents_purposes_newsletter_enabled"
      classNames={{ input: 'code' }}
      data={paths.map(({ path }) => path)}
      maxDropdownHeight={280}
      renderOption={({ option }) => {
        const seen = paths.find(({ path }) => path === option.value)
        return (
          <div>
            <Text size="sm">{seen?.place ?? option.value}</Text>
            <Text size="xs" c="dimmed" className="code">
              {option.value}
            </Text>
          </div>
        )
      }}
      value={rule.value}
      onChange={value => onChange({ ...rule, value })}
      onOptionSubmit={choose}
    />
  )
}

function TagField({ rule, position, known, onChange }: FieldProps) {
  const fields = known.fields ?? []
  const chosen = fieldOf(fields, rule.id)
  return (
    <Autocomplete
      aria-label={`Merge tag of row ${position}`}
      placeholder="MERGETAG"
      classNames={{ input: 'code' }}
      data={fields.map(({ tag }) => tag)}
      maxDropdownHeight={280}
      rightSectionWidth={chosen ? 62 : 12}
      rightSection={
        chosen && (
          <Text size="xs" c="dimmed">
            {chosen.type}
          </Text>
        )
      }
      renderOption={({ option }) => {
        const field = fieldOf(fields, option.value)
        return (
          <div>
            <Text size="sm" className="code">
              {option.value}
            </Text>
            <Text size="xs" c="dimmed">
              {field?.name} · {field?.type}
            </Text>
          </div>
        )
      }}
      value={rule.id}
      onChange={id => onChange({ ...rule, id })}
    />
  )
}
