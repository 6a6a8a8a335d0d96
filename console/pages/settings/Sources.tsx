import { Button, Group, Modal, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Plus, Users } from 'lucide-react'
import { useState } from 'react'
import { sourcesQuery, type CreatedSource, type Source } from '../../api/sources.ts'
import { For } from '../../parts/role.tsx'
import { FeedField } from '../../parts/source/FeedField.tsx'
import { NewSourceForm } from '../../parts/source/NewSourceForm.tsx'
import { LastUse, PreviousSecret } from '../../parts/source/PreviousSecret.tsx'
import { RenewSecret } from '../../parts/source/RenewSecret.tsx'
import { SourceSecret } from '../../parts/source/SourceSecret.tsx'
import { WaitForEvent } from '../../parts/source/WaitForEvent.tsx'
import { CopyField } from '../../ui/CopyField.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { Notice } from '../../ui/Notice.tsx'
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
        {created && isCurrent(created, query.data?.data ?? []) && <SourceSecret source={created} />}
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

/** Once its secret is renewed, what was shown when it was made is no longer what to paste. */
const isCurrent = (created: CreatedSource, sources: readonly Source[]): boolean =>
  sources.every(({ id, secret }) => id !== created.id || secret.created_at === created.secret.created_at)

function None() {
  return (
    <Panel>
      <Empty title="No source yet" says="Make one, and paste its webhook URL and secret into Didomi." />
    </Panel>
  )
}

function One({ source }: { readonly source: Source }) {
  const { id, name, webhook_url, authentication, organization_id, secret, problems, created_at } = source
  return (
    <Panel
      title={name}
      actions={
        <Group gap="sm">
          <For role="operator">
            <RenewSecret source={source} />
          </For>
          <TextLink to="/activity" search={{ source: id }}>
            Its events
          </TextLink>
        </Group>
      }
    >
      <Stack gap="sm">
        <CopyField label="Webhook URL" value={webhook_url} />
        <Facts
          lines={[
            ['Didomi proves itself by', authentication.type === 'bearer' ? 'a request header' : 'OAuth 2.0'],
            ['Secret made', <Time at={secret.created_at} />],
            ['Secret last used', <LastUse at={secret.used_at} />],
            ['Organisation', organization_id ?? 'not given'],
            ['Webhooks followed', <FeedField source={source} />],
            ['Made', <Time at={created_at} />],
          ]}
        />
        <PreviousSecret source={source} />
        {problems.map(({ code, detail, remedy }) => (
          <Notice key={code} tone="warn" icon={<Users size={18} />} title="Some Didomi users are shared">
            {detail} {remedy}
          </Notice>
        ))}
        <WaitForEvent sourceId={id} />
      </Stack>
    </Panel>
  )
}
