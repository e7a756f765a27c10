//! Every limit, at its bound and one above it.

use std::time::Duration;

use migrant_gateway::{
    graphql::limits::Limits,
    read::{Dialect, ReadError, Reader, Rows, Statement},
};
use serde_json::Value;

use super::site::{Site, officer};
use crate::support::{Backend, World};

fn list(times: usize, one: impl Fn(usize) -> String) -> String {
    (0..times).map(one).collect::<Vec<_>>().join(" ")
}

/// Asserts that a request at a bound is answered and one above it is refused.
async fn assert_bound(site: &Site, at: &str, above: &str, what: &str) {
    let answer = site.prompt(&officer(), at, Value::Null).await;
    assert!(answer["errors"].is_null(), "{what} at the bound: {answer}");
    let answer = site.prompt(&officer(), above, Value::Null).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED", "{what}: {answer}");
    assert!(answer["errors"][0]["extensions"]["maximum"].is_u64());
    assert!(answer["errors"][0]["extensions"]["limit"].is_string());
}

#[tokio::test]
async fn tokens() {
    let site = Site::sqlite().await;
    let tokens = |count: usize| format!("{{ {} }}", "__typename ".repeat(count - 2));
    let bare = Site::limited(Limits {
        tokens: 20,
        fields: 5_000,
        root_fields: 5_000,
        ..Limits::default()
    })
    .await;
    assert_bound(&bare, &tokens(20), &tokens(21), "tokens").await;
    let text = format!("{{ __typename }} # {}", "word ".repeat(20_000));
    assert!(
        site.prompt(&officer(), &text, Value::Null).await["errors"].is_null(),
        "comments are no tokens"
    );
}

#[tokio::test]
async fn depth() {
    let site = Site::sqlite().await;
    // persons, nodes, then pairs of a relation and the way back.
    let deep = |levels: usize| {
        let pairs = (levels - 3) / 2;
        let rest = if (levels - 3) % 2 == 1 { "residences(first: 1) { id }" } else { "id" };
        format!(
            "{{ persons(first: 1) {{ nodes {{ {} {rest} {} }} }} }}",
            "residences(first: 1) { person { ".repeat(pairs),
            "} } ".repeat(pairs)
        )
    };
    let depth = Limits::default().depth;
    assert_bound(&site, &deep(depth), &deep(depth + 1), "depth").await;
}

#[tokio::test]
async fn aliases_root_fields_directives_and_fields() {
    let site = Site::sqlite().await;
    let limits = Limits::default();
    let aliases = |count: usize| {
        format!(
            "{{ persons(first: 1) {{ nodes {{ {} }} }} }}",
            list(count, |at| format!("a{at}: id"))
        )
    };
    assert_bound(&site, &aliases(limits.aliases), &aliases(limits.aliases + 1), "aliases").await;
    let roots = |count: usize| format!("{{ {} }}", list(count, |at| format!("a{at}: __typename")));
    assert_bound(&site, &roots(limits.root_fields), &roots(limits.root_fields + 1), "root fields")
        .await;
    let merged = |count: usize| format!("{{ {} }}", "__typename ".repeat(count));
    assert_bound(
        &site,
        &merged(limits.root_fields),
        &merged(limits.root_fields + 1),
        "merged roots",
    )
    .await;
    let directives = |count: usize| {
        format!(
            "{{ persons(first: 1) {{ nodes {{ {} }} }} }}",
            "id @skip(if: false) ".repeat(count)
        )
    };
    assert_bound(
        &site,
        &directives(limits.directives),
        &directives(limits.directives + 1),
        "directives",
    )
    .await;
    let fields = |count: usize| {
        format!("{{ persons(first: 1) {{ nodes {{ {} }} }} }}", "id ".repeat(count - 2))
    };
    assert_bound(&site, &fields(limits.fields), &fields(limits.fields + 1), "fields").await;
    let spread = |count: usize| {
        let fragment = format!("fragment F on Person {{ {} }}", "id ".repeat(10));
        format!(
            "{{ persons(first: 1) {{ nodes {{ {} }} }} }} {fragment}",
            "...F ".repeat(count / 10)
        )
    };
    assert_bound(&site, &spread(limits.fields - 10), &spread(limits.fields + 10), "spread fields")
        .await;
}

#[tokio::test]
async fn page_sizes() {
    let site = Site::sqlite().await;
    let most = Limits::default().page_size;
    for argument in ["first", "last"] {
        let page = |size: usize| format!("{{ persons({argument}: {size}) {{ nodes {{ id }} }} }}");
        assert_bound(&site, &page(most), &page(most + 1), argument).await;
    }
    let nested = |size: usize| {
        format!("{{ persons(first: 1) {{ nodes {{ residences(first: {size}) {{ id }} }} }} }}")
    };
    assert_bound(&site, &nested(most), &nested(most + 1), "nested first").await;
    for value in
        ["-1", "-2147483648", "2147483647", "2147483648", "99999999999999999999999", "1.5", "1e3"]
    {
        for query in [
            format!("{{ persons(first: {value}) {{ nodes {{ id }} }} }}"),
            format!("{{ persons(last: {value}) {{ nodes {{ id }} }} }}"),
            format!(
                "{{ persons(first: 1) {{ nodes {{ residences(first: {value}) {{ id }} }} }} }}"
            ),
        ] {
            let code = site.refusal(&officer(), &query).await;
            let known = ["BAD_USER_INPUT", "LIMIT_EXCEEDED", "GRAPHQL_VALIDATION_FAILED"];
            assert!(known.contains(&code.as_str()), "{query} {code}");
        }
    }
}

/// The limit speaks of one request: lists of one document share it.
#[tokio::test]
async fn orders_have_at_most_eight_keys() {
    let site = Site::sqlite().await;
    let keys = |count: usize| {
        format!(
            "{{ persons(first: 1, orderBy: [{}]) {{ nodes {{ id }} }} }}",
            "{ sex: ASC } ".repeat(count)
        )
    };
    assert_bound(&site, &keys(8), &keys(9), "keys of an order").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_has_at_most_so_many_rows_at_all_levels_together() {
    let site = Site::limited(Limits { rows: 40, ..Limits::default() }).await;
    let small = "{ persons(first: 10) { nodes { residences(first: 1) { id } } } }";
    site.data(&officer(), small).await;
    for query in [
        "{ persons(first: 50) { nodes { id } } }",
        "{ persons(first: 30) { nodes { residences { id } } } }",
        "{ a: persons(first: 25) { nodes { id } } b: persons(first: 25) { nodes { id } } }",
    ] {
        assert_eq!(site.refusal(&officer(), query).await, "TOO_MANY_ROWS", "{query}");
    }
}

#[tokio::test]
async fn a_request_that_takes_too_long_ends() {
    let world = World::new(Backend::Sqlite).await;
    let limits = Limits { request_ms: 50, ..Limits::default() };
    let gateway = world.gateway_with(limits, |reader| Box::new(Slow(reader))).await;
    let site = Site { world, gateway };
    assert_eq!(site.refusal(&officer(), "{ persons { totalCount } }").await, "TIMEOUT");
}

/// A database that takes its time.
struct Slow(Box<dyn Reader>);

#[async_trait::async_trait]
impl Reader for Slow {
    fn dialect(&self) -> Dialect {
        self.0.dialect()
    }

    async fn read(&self, statement: &Statement) -> Result<Rows, ReadError> {
        tokio::time::sleep(Duration::from_secs(5)).await;
        self.0.read(statement).await
    }
}
