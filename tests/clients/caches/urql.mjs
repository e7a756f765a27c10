// urql with graphcache, knowing the schema, and its relayPagination, as docs/portal-developers.md
// configures it. Environment: GRAPHQL, TOKEN.
import { createClient, fetchExchange } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import { relayPagination } from '@urql/exchange-graphcache/extras'
import { buildClientSchema, getIntrospectionQuery, isObjectType } from 'graphql'
import { ask, headers, people, same, unasked, watched } from './gateway.mjs'

const schema = await ask(getIntrospectionQuery({ oneOf: true }))
// What has no identifier is kept where it stands.
const types = Object.values(buildClientSchema(schema).getTypeMap()).filter(isObjectType)
const keys = Object.fromEntries(
  types.filter((type) => !type.getFields().id && !type.name.startsWith('__')).map((type) => [type.name, () => null]),
)
const client = createClient({
  url: process.env.GRAPHQL,
  fetch: watched,
  fetchOptions: { headers },
  preferGetMethod: false,
  exchanges: [
    cacheExchange({
      schema,
      keys,
      resolvers: {
        Query: {
          persons: relayPagination(),
          person: (_, { id }) => ({ __typename: 'Person', id }),
        },
        Person: { residencesConnection: relayPagination() },
      },
    }),
    fetchExchange,
  ],
})
const query = async (text, variables = {}, requestPolicy = 'cache-first') => {
  const { data, error } = await client.query(text, variables, { requestPolicy }).toPromise()
  if (error) throw error
  return data
}

const list = (fields) => `query { persons(first: 500) { edges { node { ${fields} } } } }`
const [wide, narrow] = [list('id name phone'), list('id name')]
const { settled, unlisted, count } = await people()
await query(wide)
const kept = await unasked('the narrower list', () => query(narrow))
same('the narrower list', kept, await ask(narrow))
if (kept.persons.edges.length !== count) throw new Error(`${kept.persons.edges.length} of ${count} persons`)
console.log('urql lists: ok')

const person = 'query($id: ID!) { person(id: $id) { id name phone } }'
for (const { id } of [unlisted, settled]) {
  const one = await unasked('a person', () => query(person, { id }))
  same('a person', one, await ask(person, { id }))
  if (!one.person) throw new Error('a person is stuck at null')
}
console.log('urql person: ok')

const page = 'query($after: String) { persons(first: 40, after: $after, orderBy: [{ birthDate: DESC }]) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }'
let data = await query(page)
while (data.persons.pageInfo.hasNextPage) {
  data = await query(page, { after: data.persons.pageInfo.endCursor })
}
const all = await ask('query { persons(first: 500, orderBy: [{ birthDate: DESC }]) { edges { node { id } } } }')
same('all pages', data.persons.edges.map(({ node }) => node.id), all.persons.edges.map(({ node }) => node.id))
console.log('urql pages: ok')

const stays = 'query($id: ID!, $after: String) { node(id: $id) { id ... on Person { residencesConnection(first: 1, after: $after) { totalCount edges { cursor node { id arrivalDate } } pageInfo { hasNextPage endCursor } } } } }'
const variables = { id: settled.id }
let below = (await query(stays, variables)).node.residencesConnection
while (below.pageInfo.hasNextPage) {
  const more = { ...variables, after: below.pageInfo.endCursor }
  below = (await query(stays, more)).node.residencesConnection
}
same('stays', below.edges.map(({ node }) => ({ id: node.id })), settled.residences)
if (below.totalCount !== settled.residences.length) throw new Error(`${below.totalCount} stays`)
console.log('urql pages below a row: ok')

const again = 'query($id: ID!) { node(id: $id) { id ... on Person { name phone } } }'
same('a node', await query(again, variables, 'network-only'), await ask(again, variables))
console.log('urql node: ok')
