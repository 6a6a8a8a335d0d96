import { Stack, Switch, TextInput } from '@mantine/core'
import { OPTION_NAMES, OPTIONS, type Option, type OptionName, type OptionValue } from '../../../src/domain/options.ts'
import { OptionField } from './OptionField.tsx'
import type { FieldsProps } from './SettingsFields.tsx'

/** Didomi's step "Options", and what this service lets one choose beside it. */
export function OptionsFields({ draft, onChange }: FieldsProps) {
  const change = (name: OptionName, value: OptionValue): void =>
    onChange({ ...draft, options: { ...draft.options, [name]: value } })
  const isOfUse = ({ onlyUpsert }: Option): boolean => draft.upsertMode || !onlyUpsert
  return (
    <Stack>
      <TextInput
        label="Name"
        description="How this integration is called here."
        placeholder="Newsletter France"
        value={draft.name}
        onChange={event => onChange({ ...draft, name: event.currentTarget.value })}
      />
      <Switch
        label="Upsert mode"
        description="Off, as at Didomi: only people who are in the audience already are updated. On: unknown people who make a mapped choice become contacts."
        checked={draft.upsertMode}
        onChange={event => onChange({ ...draft, upsertMode: event.currentTarget.checked })}
      />
      {OPTION_NAMES.filter(name => isOfUse(OPTIONS[name])).map(name => (
        <OptionField
          key={name}
          option={OPTIONS[name]}
          value={draft.options[name]}
          onChange={value => change(name, value)}
        />
      ))}
    </Stack>
  )
}
