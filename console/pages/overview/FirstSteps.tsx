import { Button, List } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { For } from '../../parts/role.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { Panel } from '../../ui/Panel.tsx'

/** The overview of somebody who has set up nothing yet. */
export function FirstSteps() {
  return (
    <>
      <PageHeader title="Overview" />
      <Panel>
        <Empty
          title="Nothing is connected yet"
          says={
            <List type="ordered" ta="left" size="sm" spacing={4} my="xs">
              <List.Item>Make a source, and paste its webhook URL and secret into Didomi.</List.Item>
              <List.Item>Give the Mailchimp API key and choose the audience.</List.Item>
              <List.Item>Map preferences to merge tags, and look at the very request that would be sent.</List.Item>
            </List>
          }
        >
          <For role="operator">
            <Button component={Link} to="/integrations/new">
              Set up an integration
            </Button>
          </For>
        </Empty>
      </Panel>
    </>
  )
}
