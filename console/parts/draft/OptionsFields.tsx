import { NumberInput, Select, Stack, Switch, TagsInput, TextInput } from '@mantine/core'
import { MATCHES, type DraftOptions } from './draft.ts'
import type { FieldsProps } from './SettingsFields.tsx'

const METADATA = 'metadata_'

const MATCH_NAMES = [
  { value: 'email', label: 'The email address' },
  { value: 'subscriber_hash', label: 'The MD5 of the address' },
  { value: 'contact_id', label: "Mailchimp's contact id" },
  { value: METADATA, label: 'Something else; a metadata key holds the address' },
]

/** Didomi's step "Options", and what this service lets one choose beside it. */
export function OptionsFields({ draft, onChange }: FieldsProps) {
  const change = (part: Partial<DraftOptions>): void => onChange({ ...draft, options: { ...draft.options, ...part } })
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
        description="Off, as at Didomi: only people who are in the audience already are updated. On: unknown people who grant a mapped purpose become contacts."
        checked={draft.upsertMode}
        onChange={event => onChange({ ...draft, upsertMode: event.currentTarget.checked })}
      />
      <MatchFields options={draft.options} onChange={change} />
      <TagsInput
        label="Regulations"
        description="Only choices under these regulations may touch contacts."
        data={['gdpr', 'cpra', 'lgpd']}
        value={[...draft.options.regulations]}
        onChange={values => change({ regulations: values.map(value => value.toLowerCase()) })}
      />
      <Behaviour isUpsert={draft.upsertMode} options={draft.options} onChange={change} />
    </Stack>
  )
}

type Props = { readonly options: DraftOptions; readonly onChange: (part: Partial<DraftOptions>) => void }

function MatchFields({ options, onChange }: Props) {
  const isMetadata = !MATCHES.some(match => match === options.match)
  return (
    <>
      <Select
        label="What the organization_user_id is"
        description="How a person at Didomi is found in the audience."
        data={MATCH_NAMES}
        allowDeselect={false}
        value={isMetadata ? METADATA : options.match}
        onChange={value => value && onChange({ match: value })}
      />
      {isMetadata && (
        <TextInput
          label="Metadata key"
          description="The key of the metadata that holds the address."
          placeholder="email"
          required
          value={options.match.slice(METADATA.length)}
          onChange={event => onChange({ match: METADATA + event.currentTarget.value })}
        />
      )}
    </>
  )
}

const BULK_SAYS = {
  batches:
    'Grants that have waited go in the background, beside the others. Withdrawals always go one by one, and first.',
  lists:
    'Faster, but each call carries the status of every contact in it. A person who unsubscribes in the seconds between the look at it and the call may be subscribed again.',
  off: 'The slowest, and the least to think about.',
} as const satisfies Record<DraftOptions['bulk'], string>

function Behaviour({ options, onChange, isUpsert }: Props & { readonly isUpsert: boolean }) {
  return (
    <>
      <Select
        label="When a mapped choice was not made"
        data={[
          { value: 'keep', label: 'Leave the merge field alone' },
          { value: 'clear', label: 'Clear the merge field' },
        ]}
        allowDeselect={false}
        value={options.noChoice}
        onChange={value => value && onChange({ noChoice: value })}
      />
      {isUpsert && (
        <Select
          label="Status of new contacts"
          description="Transactional contacts get no marketing until they subscribe."
          data={['transactional', 'subscribed', 'pending', 'unsubscribed']}
          allowDeselect={false}
          value={options.newContactStatus}
          onChange={value => value && onChange({ newContactStatus: value })}
        />
      )}
      <Select
        label="When a Didomi user is deleted"
        data={[
          { value: 'keep', label: 'Keep what Mailchimp holds' },
          { value: 'withdraw', label: 'Withdraw what it granted' },
        ]}
        allowDeselect={false}
        value={options.onUserDeleted}
        onChange={value => value && onChange({ onUserDeleted: value })}
      />
      <NumberInput
        label="Connections"
        description="Most requests at one time for this Mailchimp account, which allows 10 in all."
        min={1}
        max={10}
        maw={160}
        value={options.connections}
        onChange={value => typeof value === 'number' && onChange({ connections: value })}
      />
      <Select
        label="When more than 2,000 deliveries are due"
        description={BULK_SAYS[options.bulk]}
        data={[
          { value: 'batches', label: "Also send by Mailchimp's batches" },
          { value: 'lists', label: 'Also send 500 contacts a call' },
          { value: 'off', label: 'Send one by one' },
        ]}
        allowDeselect={false}
        value={options.bulk}
        onChange={value => value && onChange({ bulk: value })}
      />
    </>
  )
}
