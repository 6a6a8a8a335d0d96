import { Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { sourcesQuery, type CreatedSource, type Source } from '../../api/sources.ts'
import { NewSourceForm } from '../../parts/source/NewSourceForm.tsx'
import { SourceSecret } from '../../parts/source/SourceSecret.tsx'
import { WaitForEvent } from '../../parts/source/WaitForEvent.tsx'
import { CopyField } from '../../ui/CopyField.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { TextLink } from '../../ui/TextLink.tsx'

type Props = {
  readonly sourceId: string
  readonly created: CreatedSource | undefined
  readonly onChoose: (sourceId: string) => void
  readonly onCreated: (source: CreatedSource) => void
}

/** Stands for a source that is yet to be made. */
export const NEW_SOURCE = 'new'

/** Which Didomi organisation it listens to: a source that is there, or a new one with what to paste into Didomi. */
export function SourcePanel(props: Props) {
  const query = useQuery(sourcesQuery)
  return (
    <Panel title="Didomi source">
      <Loaded query={query} rows={2}>
        {({ data }) => <Choice sources={data} {...props} />}
      </Loaded>
    </Panel>
  )
}

function Choice({ sources, sourceId, created, onChoose, onCreated }: Props & { readonly sources: readonly Source[] }) {
  const chosen = sources.find(({ id }) => id === sourceId)
  const isNew = created?.id === sourceId && sourceId !== ''
  return (
    <Stack>
      {sources.length > 0 && (
        <Select
          label="Source"
          description="One for each Didomi organisation; several integrations may read it."
          data={[
            ...sources.map(({ id, name }) => ({ value: id, label: name })),
            { value: NEW_SOURCE, label: 'A new source' },
          ]}
          allowDeselect={false}
          placeholder="Choose a source"
          value={sourceId === '' ? null : sourceId}
          onChange={value => onChoose(value ?? '')}
        />
      )}
      {(sources.length === 0 || sourceId === NEW_SOURCE) && <NewSourceForm onCreated={onCreated} />}
      {isNew && created && <SourceSecret source={created} />}
      {chosen && !isNew && (
        <>
          <CopyField label="Webhook URL" value={chosen.webhook_url} />
          <Text size="sm" c="dimmed">
            Its secret was shown once, when it was made.{' '}
            <TextLink to="/settings/sources">Renew it in the settings</TextLink> if nobody has it any more.
          </Text>
        </>
      )}
      {chosen && <WaitForEvent sourceId={chosen.id} />}
    </Stack>
  )
}
