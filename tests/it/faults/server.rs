//! A database server that ends connections, and one that is away.

use std::time::{Duration, Instant};

use super::{
    load::{Load, QUERY, assert_intact, assert_recorded, status},
    rounds,
};
use crate::{
    records::{crash::clinician, process::Installation, sql},
    support::{Backend, World, backends},
};

/// Ends every connection of the program.
const TERMINATE: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
    WHERE datname = current_database() AND pid <> pg_backend_pid()";

#[tokio::test(flavor = "multi_thread")]
async fn ending_every_connection_fails_no_request() {
    if !backends("ending_every_connection_fails_no_request").contains(&Backend::Postgres) {
        return;
    }
    let world = World::new(Backend::Postgres).await;
    let installation = Installation::over(&world);
    let server = installation.serve();
    let load = Load::start(&installation, &server, 8);
    for _ in 0..rounds(5) {
        tokio::time::sleep(Duration::from_millis(300)).await;
        sql::execute(&world.db, TERMINATE).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let told = load.stop().await;
    assert_eq!(told.refused, 0, "{}", server.log());
    assert!(!told.answers.is_empty());
    assert_recorded(&world.db, &told).await;
    assert_intact(&world, &installation).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_survives_the_end_of_every_connection() {
    if !backends("an_act_survives_the_end_of_every_connection").contains(&Backend::Postgres) {
        return;
    }
    let world = World::new(Backend::Postgres).await;
    let installation = Installation::over(&world);
    let server = installation.serve();
    let steward =
        installation.token(&["--role=SP", "--unit=220000", "--subject=wang", "--purpose=P-ADM"]);
    for target in ["G02", "G01"] {
        sql::execute(&world.db, TERMINATE).await;
        let revoke = format!(
            "mutation {{ revokeGrant(role: \"HC\", purpose: \"P-HR\", target: \"{target}\", \
             note: \"no longer needed\") }}"
        );
        assert_eq!(status(&server, &steward, &revoke).await, (200, None), "{}", server.log());
    }
}

const REVOKE: &str = "mutation { revokeGrant(role: \"HC\", purpose: \"P-HR\", target: \"G02\", \
    note: \"no longer needed\") }";

/// A way to the server that can be taken away: from then on connections are refused.
struct Way {
    address: std::net::SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

impl Way {
    async fn to(server: String) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let task = tokio::spawn(async move {
            let mut ways = tokio::task::JoinSet::new();
            while let Ok((mut near, _)) = listener.accept().await {
                let server = server.clone();
                ways.spawn(async move {
                    let mut far = tokio::net::TcpStream::connect(server).await.expect("PostgreSQL");
                    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                });
            }
        });
        Self { address, task }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_server_away_a_refusal_comes_at_once() {
    if !backends("with_the_server_away_a_refusal_comes_at_once").contains(&Backend::Postgres) {
        return;
    }
    let world = World::new(Backend::Postgres).await;
    let (before, name) = world.url.rsplit_once('/').expect("a URL");
    let server = before.rsplit_once('@').expect("a host").1.to_owned();
    let way = Way::to(server).await;
    let url = format!("postgres://postgres@{}/{name}", way.address);
    let installation = Installation::over(&world).with("DATABASE__URL", &url);
    let server = installation.serve();
    let token = clinician(&installation, "clinic");
    let steward =
        installation.token(&["--role=SP", "--unit=220000", "--subject=wang", "--purpose=P-ADM"]);
    assert_eq!(status(&server, &token, QUERY).await, (200, None));
    way.task.abort();
    let _ = way.task.await;
    for pause in [0, 100, 2000] {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        for (token, query) in
            [(&token, QUERY), (&steward, "{ proposals { id } }"), (&steward, REVOKE)]
        {
            let begun = Instant::now();
            let (code, told) = status(&server, token, query).await;
            let took = begun.elapsed();
            assert!(
                took < Duration::from_millis(500),
                "{query} after {pause}: {took:?} {told:?}\n{}",
                server.log()
            );
            assert_eq!(code, 503, "{told:?}");
        }
    }
}
