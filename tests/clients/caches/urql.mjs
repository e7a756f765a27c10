// urql with graphcache, knowing the schema, and its relayPagination, as docs/portal-developers.md
// configures it. Environment: GRAPHQL, TOKEN.
import { createClient, fetchExchange } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import { relayPagination } from '@urql/exchange-graphcache/extras'
import { buildClientSchema, getIntrospectionQuery, isObjectType } from 'graphql'
import { ask, headers, listsAndPersons, page, same, stays, watched } from './gateway.mjs'

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

const { settled } = await listsAndPersons('urql', query)

let data = await query(page)
while (data.persons.pageInfo.hasNextPage) {
  data = await query(page, { after: data.persons.pageInfo.endCursor })
}
const all = await ask('query { persons(first: 500, orderBy: [{ birthDate: DESC }]) { edges { node { id } } } }')
same('all pages', data.persons.edges.map(({ node }) => node.id), all.persons.edges.map(({ node }) => node.id))
console.log('urql pages: ok')

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
