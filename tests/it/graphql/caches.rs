//! Clients that keep answers, as they are published: Relay, Apollo Client and urql's graphcache show from
//! their caches what the gateway says, page through lists at the root and below rows, and ask for
//! rows again by identifier.

use std::process::Command;

use migrant_gateway::policy::{Purpose, Role};

use crate::{
    oauth::clients::{are_installed, installed, succeed},
    support::{
        Backend, World,
        http::{Server, token},
        world::noon,
    },
};

const SOURCES: [&str; 9] = [
    "package.json",
    "package-lock.json",
    "gateway.mjs",
    "apollo.mjs",
    "urql.mjs",
    "relay.mjs",
    "documents/Residents.js",
    "documents/package.json",
    "documents/relay.config.json",
];

/// What each client is seen to do.
const DONE: [&str; 5] = ["lists", "person", "pages", "pages below a row", "node"];

#[tokio::test(flavor = "multi_thread")]
async fn relay_apollo_and_urql_show_from_their_caches_what_the_gateway_says() {
    if !are_installed("relay_apollo_and_urql_show_from_their_caches", &["node", "npm"]) {
        return;
    }
    let directory = tokio::task::spawn_blocking(|| {
        let sources = SOURCES.map(|source| format!("caches/{source}"));
        let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
        installed("caches", &sources, "caches/package-lock.json", |directory| {
            let arguments = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
            let directory = directory.join("caches");
            succeed(Command::new("npm").args(arguments).current_dir(directory));
        })
    });
    let directory = directory.await.expect("it is installed").join("caches");
    let world = World::new(Backend::Sqlite).await;
    let server = Server::start(world.gateway().await).await;
    let token = token(&world, Role::PO, Purpose::Res, noon());
    for (client, before) in [("apollo", ""), ("urql", ""), ("relay", "relay compiler: ok\n")] {
        let mut node = Command::new("node");
        node.arg(format!("{client}.mjs")).current_dir(&directory);
        node.env("GRAPHQL", server.graphql()).env("TOKEN", &token);
        node.env("SCHEMA", format!("{}/schema.graphql", server.base));
        let told = tokio::task::spawn_blocking(move || succeed(&mut node)).await.expect("it ends");
        let done: String = DONE.iter().map(|what| format!("{client} {what}: ok\n")).collect();
        assert_eq!(told, format!("{before}{done}"));
    }
}
