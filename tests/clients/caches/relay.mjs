// Relay: the compiler over the caller's own schema, the runtime and its store. Environment: GRAPHQL,
// SCHEMA, TOKEN.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { ask, headers, people, post, same, unasked } from './gateway.mjs'

const require = createRequire(import.meta.url)
const {
  Environment, Network, RecordSource, Store, ROOT_TYPE, createOperationDescriptor, getSingularSelector,
} = require('relay-runtime')

const schema = await fetch(process.env.SCHEMA, { headers })
writeFileSync('documents/schema.graphql', await schema.text())
execFileSync(require('relay-compiler'), { cwd: 'documents', stdio: ['ignore', 'ignore', 'inherit'] })
console.log('relay compiler: ok')
const compiled = (name) => require(`./documents/__generated__/${name}.graphql`)

// Any row that the store knows is found by its identifier, whatever field leads to it.
const handlers = [{
  kind: 'linked',
  handle: (field, record, args) =>
    record?.getType() === ROOT_TYPE && ['node', 'person'].includes(field.name) && args.id ? args.id : undefined,
}]
const environment = new Environment({
  network: Network.create(({ text }, variables) => post(text, variables)),
  store: new Store(new RecordSource()),
  missingFieldHandlers: handlers,
})
const asked = (name, variables = {}) => createOperationDescriptor(compiled(name), variables)
const read = (operation) => environment.lookup(operation.fragment).data
async function fetched(name, variables) {
  const operation = asked(name, variables)
  environment.retain(operation)
  await environment.execute({ operation }).toPromise()
  return read(operation)
}
async function kept(name, variables) {
  const operation = asked(name, variables)
  const { status } = environment.check(operation)
  if (status !== 'available') throw new Error(`${name}: ${status}`)
  return unasked(name, () => read(operation))
}

const { settled, unlisted, count } = await people()
await fetched('ResidentsWideQuery')
const narrow = await kept('ResidentsNarrowQuery')
same('the narrower list', narrow, await ask('query { persons(first: 500) { nodes { id name } } }'))
if (narrow.persons.nodes.length !== count) throw new Error(`${narrow.persons.nodes.length} of ${count} persons`)
console.log('relay lists: ok')

for (const { id } of [unlisted, settled]) {
  const { person } = await kept('ResidentsPersonQuery', { id })
  same('a person', { person }, await ask('query($id: ID!) { person(id: $id) { id name phone } }', { id }))
  if (!person) throw new Error('a person is stuck at null')
}
console.log('relay person: ok')

// Page by page into one list, as usePaginationFragment does it, at the root and below a row.
async function pages(fragment, query, pointer, of, next) {
  const connection = () => {
    const selector = getSingularSelector(compiled(fragment), pointer(read(of)))
    return Object.values(environment.lookup(selector).data)[0]
  }
  for (;;) {
    const { edges, pageInfo } = connection()
    if (!pageInfo.hasNextPage) return edges.map(({ node }) => node.id)
    const before = edges.length
    await fetched(query, next(pageInfo.endCursor))
    if (connection().edges.length === before) throw new Error(`${query}: no edges more`)
  }
}
const home = asked('ResidentsListQuery')
await fetched('ResidentsListQuery')
const listed = await pages('Residents_list', 'ResidentsListPageQuery', (data) => data, home, (cursor) => ({ count: 40, cursor }))
const all = await ask('query { persons(first: 500, orderBy: [{ birthDate: DESC }]) { nodes { id } } }')
same('all pages', listed, all.persons.nodes.map(({ id }) => id))
console.log('relay pages: ok')

const { id } = settled
const resident = asked('ResidentsStaysQuery', { id })
await fetched('ResidentsStaysQuery', { id })
const stays = await pages('Residents_stays', 'ResidentsStaysPageQuery', (data) => data.person, resident, (cursor) => ({ id, count: 1, cursor }))
same('stays', stays, settled.residences.map((stay) => stay.id))
console.log('relay pages below a row: ok')

const again = 'query($id: ID!) { node(id: $id) { __typename id ... on Person { name phone } } }'
const { node } = await fetched('ResidentsNodeQuery', { id })
same('a node', { node: { ...node } }, await ask(again, { id }))
console.log('relay node: ok')
process.exit(0)
