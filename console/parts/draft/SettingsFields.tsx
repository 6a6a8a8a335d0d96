import { Anchor, Autocomplete, Loader, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { accountQuery, type CheckedAccount } from '../../api/mailchimp.ts'
import { ProblemNotice } from '../../ui/ProblemNotice.tsx'
import { Status } from '../../ui/Status.tsx'
import { count } from '../../ui/time.ts'
import { authenticationOf, contradictionIn, withKey, type Draft } from './draft.ts'

export type FieldsProps = {
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
  /** Of an integration whose key is stored: no other key has to be typed. */
  readonly integrationId?: string
}

/** Didomi's step "Settings": the API key, the server URL and the audience, checked while they are typed. */
export function SettingsFields({ draft, onChange, integrationId }: FieldsProps) {
  const auth = authenticationOf(draft, integrationId)
  const [settled] = useDebouncedValue(auth, 400)
  const account = useQuery({
    ...accountQuery(settled ?? { integration_id: '' }),
    enabled: settled !== undefined && auth !== undefined,
  })
  const checked = auth === undefined ? undefined : account.data
  return (
    <Stack>
      <PasswordInput
        label="API key"
        description="At Mailchimp: Account › Extras › API keys. It ends with a dash and the data centre, such as -us6."
        placeholder={integrationId === undefined ? undefined : 'The stored key is kept'}
        autoComplete="off"
        data-1p-ignore
        required={integrationId === undefined}
        value={draft.apiKey}
        error={problemAt(checked, 'authentication.api_key')}
        onChange={event => onChange(withKey(draft, event.currentTarget.value))}
      />
      <ServerUrl draft={draft} onChange={onChange} problem={problemAt(checked, 'authentication.url')} />
      {account.isFetching && auth && (
        <Text size="sm" c="dimmed">
          <Loader size={14} mr={8} /> Asking Mailchimp …
        </Text>
      )}
      {checked?.account && (
        <Status tone="good">
          {`Connected as ${checked.account.name} (${checked.account.role}), data centre ${checked.account.data_centre}`}
        </Status>
      )}
      {account.error && auth && <ProblemNotice problem={account.error} onRetry={() => void account.refetch()} />}
      <AudienceField draft={draft} onChange={onChange} account={checked} />
    </Stack>
  )
}

const problemAt = (checked: CheckedAccount | undefined, path: string): string | undefined => {
  const problem = checked?.problems.find(each => each.path === path)
  return problem && `${problem.detail} ${problem.remedy}`
}

type UrlProps = Pick<FieldsProps, 'draft' | 'onChange'> & { readonly problem: string | undefined }

function ServerUrl({ draft, onChange, problem }: UrlProps) {
  const contradiction = contradictionIn(draft)
  const says = contradiction && (
    <>
      The API key belongs to {contradiction.ofKey}
      {contradiction.ofUrl ? `, this URL to ${contradiction.ofUrl}` : ', and this is no Mailchimp server URL'}.{' '}
      <Anchor
        component="button"
        type="button"
        inherit
        underline="always"
        onClick={() => onChange({ ...draft, url: contradiction.rightUrl })}
      >
        Use {contradiction.rightUrl}
      </Anchor>
    </>
  )
  return (
    <TextInput
      label="Server URL"
      description="The address that you see when you are signed in to Mailchimp."
      placeholder="https://us6.admin.mailchimp.com/"
      required
      value={draft.url}
      error={says ?? problem}
      onChange={event => onChange({ ...draft, url: event.currentTarget.value })}
    />
  )
}

type AudienceProps = Pick<FieldsProps, 'draft' | 'onChange'> & { readonly account: CheckedAccount | undefined }

function AudienceField({ draft, onChange, account }: AudienceProps) {
  const audiences = account?.audiences ?? []
  const chosen = audiences.find(({ id }) => id === draft.audienceId.trim())
  const isUnknown = audiences.length > 0 && draft.audienceId !== '' && !chosen
  const labelOf = new Map(audiences.map(({ id, name, contacts }) => [id, `${name} · ${count(contacts)} contacts`]))
  return (
    <Autocomplete
      label="Audience id"
      description={chosen ? labelOf.get(chosen.id) : 'Search by name or id. Mailchimp calls it “Audience ID”.'}
      placeholder="a1b2c3d4e5"
      required
      data={audiences.map(({ id }) => id)}
      filter={({ options, search }) =>
        options.filter(
          option => 'value' in option && matches(`${option.value} ${labelOf.get(option.value) ?? ''}`, search),
        )
      }
      renderOption={({ option }) => (
        <div>
          <Text size="sm">{labelOf.get(option.value)}</Text>
          <Text size="xs" c="dimmed" className="code">
            {option.value}
          </Text>
        </div>
      )}
      value={draft.audienceId}
      error={isUnknown ? 'This account has no such audience.' : undefined}
      onChange={audienceId => onChange({ ...draft, audienceId })}
    />
  )
}

const matches = (text: string, search: string): boolean => text.toLowerCase().includes(search.trim().toLowerCase())
