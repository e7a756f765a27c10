// The gateway as it answers by itself, for clients that keep answers to be compared with.
const { GRAPHQL, TOKEN } = process.env

// What went over the wire, to see what was answered from a cache.
export const sent = []

export const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }

export async function post(query, variables, more = {}) {
  sent.push(query)
  const body = JSON.stringify({ query, variables })
  const answer = await fetch(GRAPHQL, { method: 'POST', headers: { ...headers, ...more }, body })
  return answer.json()
}

// Asks past every cache.
export async function ask(query, variables) {
  const { data, errors } = await post(query, variables)
  if (errors) throw new Error(`${query}: ${JSON.stringify(errors)}`)
  return data
}

// The same under fetch, for links and exchanges.
export const watched = (uri, options) => {
  sent.push(options.body)
  return fetch(uri, options)
}

// Runs something that must not ask the gateway.
export async function unasked(what, run) {
  const before = sent.length
  const value = await run()
  if (sent.length !== before) throw new Error(`${what}: the gateway was asked again`)
  return value
}

// Compares values, whatever order members have and whatever a client adds to objects.
export function same(what, kept, answered) {
  const [one, other] = [kept, answered].map((value) => JSON.stringify(plain(value)))
  if (one !== other) throw new Error(`${what}:\nkept     ${one.slice(0, 400)}\nanswered ${other.slice(0, 400)}`)
}

function plain(value) {
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  const members = Object.keys(value).filter((name) => !name.startsWith('__')).sort()
  return Object.fromEntries(members.map((name) => [name, plain(value[name])]))
}

// A person with several stays, and one whose telephone number is not shown: the cases in which
// clients went wrong.
export async function people() {
  const { persons } = await ask(
    'query { persons(first: 500) { totalCount nodes { id name phone residences { id } } } }',
  )
  const settled = persons.nodes.find((person) => person.residences.length > 2)
    ?? persons.nodes.find((person) => person.residences.length > 1)
  const unlisted = persons.nodes.find((person) => person.phone === null)
  if (!settled || !unlisted) throw new Error('nobody has several stays, or everybody a number')
  return { settled, unlisted, count: persons.nodes.length }
}

// Pages of one list, at the root and below a row.
export const page = 'query($after: String) { persons(first: 40, after: $after, orderBy: [{ birthDate: DESC }]) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }'
export const stays = 'query($id: ID!, $after: String) { node(id: $id) { id ... on Person { residencesConnection(first: 1, after: $after) { totalCount edges { cursor node { id arrivalDate } } pageInfo { hasNextPage endCursor } } } } }'

// A narrower list and a person by its identifier, out of what a client keeps after a wider list.
export async function listsAndPersons(client, query) {
  const list = (fields) => `query { persons(first: 500) { edges { node { ${fields} } } } }`
  const [wide, narrow] = [list('id name phone'), list('id name')]
  const { settled, unlisted, count } = await people()
  await query(wide)
  const kept = await unasked('the narrower list', () => query(narrow))
  same('the narrower list', kept, await ask(narrow))
  if (kept.persons.edges.length !== count) throw new Error(`${kept.persons.edges.length} of ${count} persons`)
  console.log(`${client} lists: ok`)

  const person = 'query($id: ID!) { person(id: $id) { id name phone } }'
  for (const { id } of [unlisted, settled]) {
    const one = await unasked('a person', () => query(person, { id }))
    same('a person', one, await ask(person, { id }))
    if (!one.person) throw new Error('a person is stuck at null')
  }
  console.log(`${client} person: ok`)
  return { settled }
}
