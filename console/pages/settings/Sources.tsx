import { Button, Modal, Select, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { changeFeed, sourcesQuery, type CreatedSource, type Source } from '../../api/sources.ts'
import { For, useMay } from '../../parts/role.tsx'
import { NewSourceForm } from '../../parts/source/NewSourceForm.tsx'
import { SourceSecret } from '../../parts/source/SourceSecret.tsx'
import { WaitForEvent } from '../../parts/source/WaitForEvent.tsx'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { CopyField } from '../../ui/CopyField.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { TextLink } from '../../ui/TextLink.tsx'
import { Time } from '../../ui/Time.tsx'

/** The feeds of Didomi's organisations. */
export function Sources() {
  const query = useQuery(sourcesQuery)
  const [isOpen, dialog] = useDisclosure(false)
  const [created, setCreated] = useState<CreatedSource>()
  const noticeCreated = (source: CreatedSource): void => {
    setCreated(source)
    dialog.close()
  }
  return (
    <>
      <PageHeader
        title="Sources"
        says="One for each Didomi organisation: a webhook address with its secret."
        actions={
          <For role="operator">
            <Button leftSection={<Plus size={16} />} onClick={dialog.open}>
              New source
            </Button>
          </For>
        }
      />
      <Stack maw={820}>
        {created && <SourceSecret source={created} />}
        <Loaded query={query}>
          {({ data }) => (data.length === 0 ? <None /> : data.map(source => <One key={source.id} source={source} />))}
        </Loaded>
      </Stack>
      <Modal opened={isOpen} onClose={dialog.close} title="New source">
        <NewSourceForm onCreated={noticeCreated} />
      </Modal>
    </>
  )
}

function None() {
  return (
    <Panel>
      <Empty title="No source yet" says="Make one, and paste its webhook URL and secret into Didomi." />
    </Panel>
  )
}

function One({ source }: { readonly source: Source }) {
  const { id, name, webhook_url, authentication, organization_id, created_at } = source
  return (
    <Panel
      title={name}
      actions={
        <TextLink to="/activity" search={{ source: id }}>
          Its events
        </TextLink>
      }
    >
      <Stack gap="sm">
        <CopyField label="Webhook URL" value={webhook_url} />
        <Facts
          lines={[
            ['Didomi proves itself by', authentication.type === 'bearer' ? 'a request header' : 'OAuth 2.0'],
            ['Organisation', organization_id ?? 'not given'],
            ['Webhooks followed', <FeedField source={source} />],
            ['Made', <Time at={created_at} />],
          ]}
        />
        <WaitForEvent sourceId={id} />
      </Stack>
    </Panel>
  )
}

const FEEDS = [
  { value: 'event', label: 'event.*: what each person did' },
  { value: 'user', label: 'user.*: what Didomi holds' },
]

function FeedField({ source: { id, feed, name } }: { readonly source: Source }) {
  const queries = useQueryClient()
  const mayChange = useMay('operator')
  const [wanted, setWanted] = useState<'event' | 'user'>()
  const change = useMutation({
    mutationFn: changeFeed,
    onSuccess: async () => {
      setWanted(undefined)
      await queries.invalidateQueries({ queryKey: ['sources'] })
    },
  })
  if (!mayChange) return <>{feed === null ? 'the family that arrives first' : `${feed}.*`}</>
  return (
    <>
      <ConfirmDialog
        title={`Follow ${wanted ?? ''}.* for ${name}?`}
        isOpen={wanted !== undefined}
        onClose={() => setWanted(undefined)}
        onConfirm={() => wanted && change.mutate({ id, feed: wanted })}
        confirm="Follow it"
        isPending={change.isPending}
        problem={change.error}
      >
        <Text size="sm">
          Everybody whom this source told us about is decided anew on the other family, and whatever differs is
          delivered.
        </Text>
      </ConfirmDialog>
      <Select
        aria-label={`Webhooks followed by ${name}`}
        size="xs"
        maw={260}
        placeholder="The family that arrives first"
        data={FEEDS}
        allowDeselect={false}
        disabled={change.isPending}
        value={feed}
        onChange={next => {
          if ((next === 'event' || next === 'user') && next !== feed) setWanted(next)
        }}
      />
    </>
  )
}
