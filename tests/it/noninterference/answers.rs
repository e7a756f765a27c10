//! Asks two gateways the same and compares what they say, byte for byte.

use std::fmt;

use migrant_gateway::{app::Gateway, auth::Caller, graphql::Request};
use serde_json::{Map, Value};

use super::probes::Probe;

/// How much was compared and found the same.
#[derive(Debug, Default)]
pub struct Same {
    pub answers: usize,
    pub bytes: usize,
}

/// The first answer that differs.
pub struct Difference {
    asked: String,
    left: Vec<u8>,
    right: Vec<u8>,
}

impl fmt::Debug for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs = self.left.iter().zip(&self.right);
        let same = pairs.take_while(|(left, right)| left == right).count();
        let around = |bytes: &[u8]| {
            let until = (same + 200).min(bytes.len());
            String::from_utf8_lossy(&bytes[same.saturating_sub(200)..until]).into_owned()
        };
        let (left, right) = (around(&self.left), around(&self.right));
        write!(formatter, "asked: {}\nleft:  …{left}…\nright: …{right}…", self.asked)
    }
}

/// The bytes of an answer: its data, or its error.
pub async fn say(
    gateway: &Gateway,
    caller: &Caller,
    query: &str,
    variables: Map<String, Value>,
) -> Result<Vec<u8>, Vec<u8>> {
    let request = Request { query: query.to_owned(), variables, ..Request::default() };
    let answer = gateway.answer(caller, None, request).await;
    answer.result.map_err(|error| error.to_json().to_string().into_bytes())
}

/// Two gateways that one caller asks the same, one thing after the other: the access log, which
/// some may read, then has one order.
pub struct Pair<'a> {
    pub left: &'a Gateway,
    pub right: &'a Gateway,
    pub caller: Caller,
}

impl Pair<'_> {
    /// Asks all probes, until an answer differs.
    pub async fn ask_all(&self, probes: &[Probe]) -> Result<Same, Difference> {
        let mut same = Same::default();
        for probe in probes {
            let answer = self.ask(&probe.text, Map::new(), &mut same).await?;
            let data = match answer {
                Ok(data) => data,
                Err(error) if probe.granted => {
                    let error = String::from_utf8_lossy(&error);
                    panic!("{} may ask {} and got {error}", self.caller.role, probe.text)
                }
                Err(_) => continue,
            };
            let Some(then) = &probe.then else { continue };
            let variables = then.variables(&data);
            if !variables.is_empty() {
                let second = self.ask(&then.text, variables, &mut same).await?;
                assert!(second.is_ok(), "{} may ask {}", self.caller.role, then.text);
            }
        }
        Ok(same)
    }

    /// Asks one thing.
    pub async fn ask(
        &self,
        query: &str,
        variables: Map<String, Value>,
        same: &mut Same,
    ) -> Result<Result<Vec<u8>, Vec<u8>>, Difference> {
        let (left, right) = tokio::join!(
            say(self.left, &self.caller, query, variables.clone()),
            say(self.right, &self.caller, query, variables),
        );
        if left != right {
            let (Ok(left) | Err(left), Ok(right) | Err(right)) = (left, right);
            return Err(Difference { asked: query.to_owned(), left, right });
        }
        let (Ok(bytes) | Err(bytes)) = &left;
        same.answers += 1;
        same.bytes += bytes.len();
        Ok(left)
    }
}
