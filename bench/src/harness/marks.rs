//! The ids and cursors a contender gives to the rows of each list, learnt by asking it.

use std::collections::HashMap;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::{
    callers::{Audience, Tokens},
    client::Connection,
    contender::{Interface, Running},
    documents::{self, STRIDE},
    facts::Facts,
    postgraphile,
    requests::{post, scoped},
    workload::{Workload, depth},
};

/// Most rows walked of lists other than the police officer's.
pub const MOST: usize = 2_000;

/// The marks of one contender.
pub struct Marks(HashMap<Audience, Vec<Mark>>);

struct Mark {
    id: String,
    cursor: String,
}

impl Marks {
    /// Learns those that workloads ask with. Contenders with numeric keys need not be asked.
    pub async fn learn(
        running: &Running,
        workloads: &[Workload],
        facts: &Facts,
        tokens: &Tokens,
    ) -> anyhow::Result<Self> {
        let mut lists = HashMap::new();
        let interface = running.contender.interface();
        // All but one ask as the police.
        let audiences = match workloads.contains(&Workload::Mixed) {
            true => &Audience::ALL[..],
            false => &[Audience::Police],
        };
        for audience in audiences.iter().copied() {
            let known = facts.list(audience);
            let wanted = match audience {
                Audience::Police => depth(facts),
                Audience::Reports => 0,
                _ => known.len().min(MOST),
            };
            let marks = match interface {
                Interface::Routes | Interface::AsyncGraphql => known[..wanted]
                    .iter()
                    .map(|key| Mark { id: key.to_string(), cursor: key.to_string() })
                    .collect(),
                Interface::Gateway => {
                    let token = tokens.gateway(audience.caller());
                    let document = documents::gateway_walk(audience);
                    walk(running.port, wanted, |after| {
                        post(&document, &json!({ "after": after }), Some(token))
                    })
                    .await?
                }
                Interface::Postgraphile => {
                    let document = postgraphile::walk(audience, false);
                    walk(running.port, wanted, |after| {
                        post(&document, &scoped(json!({ "after": after }), facts, audience), None)
                    })
                    .await?
                }
                Interface::PostgraphileRls => {
                    let document = postgraphile::walk(audience, true);
                    let token = tokens.postgraphile(audience.caller());
                    walk(running.port, wanted, |after| {
                        post(&document, &json!({ "after": after }), Some(token))
                    })
                    .await?
                }
            };
            lists.insert(audience, marks);
        }
        Ok(Self(lists))
    }

    /// The id of the row at a place.
    pub fn id(&self, audience: Audience, at: usize) -> Option<&str> {
        self.0.get(&audience)?.get(at).map(|mark| mark.id.as_str())
    }

    /// The cursor after which the row at a place comes; none for the first.
    pub fn before(&self, audience: Audience, at: usize) -> Option<&str> {
        self.0.get(&audience)?.get(at.checked_sub(1)?).map(|mark| mark.cursor.as_str())
    }
}

async fn walk(
    port: u16,
    wanted: usize,
    request: impl Fn(Option<&str>) -> Vec<u8>,
) -> anyhow::Result<Vec<Mark>> {
    let mut connection = Connection::open(port).await?;
    let mut marks: Vec<Mark> = Vec::with_capacity(wanted);
    while marks.len() < wanted {
        let after = marks.last().map(|mark| mark.cursor.as_str());
        let reply = connection.send(&request(after)).await?;
        anyhow::ensure!(reply.is_good(), "{}", String::from_utf8_lossy(reply.body));
        let answer: Value = serde_json::from_slice(reply.body)?;
        let edges = answer["data"]["persons"]["edges"].as_array().context("no edges")?;
        for edge in edges {
            let text = |value: &Value| value.as_str().map(str::to_owned).context("not a text");
            marks.push(Mark { id: text(&edge["node"]["id"])?, cursor: text(&edge["cursor"])? });
        }
        if edges.len() < STRIDE {
            break;
        }
    }
    anyhow::ensure!(
        marks.len() >= wanted,
        "the list has {} rows where the database has {wanted}",
        marks.len()
    );
    Ok(marks)
}
