//! Pages of a list, forward and backward, put together are the list: on both databases, in any
//! order, absent values among the keys.

use migrant_gateway::{
    app::Gateway,
    auth::Caller,
    catalogue::Kind,
    policy::{Position, Purpose, Role},
};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use serde_json::{Map, Value};

use super::copies::copy;
use super::{
    answers::say,
    differential::both,
    menu::{names, shown},
    random::order,
    roles::entitled,
};
use crate::support::{Backend, World, caller};

const CALLERS: [(Role, Purpose); 4] = [
    (Role::HI, Purpose::Idc),
    (Role::PO, Purpose::Res),
    (Role::CA, Purpose::Sa),
    (Role::DP, Purpose::Sar),
];

/// The longest list that is read at once.
const WHOLE: usize = 500;

/// Random orders of every kind, beside each single field up and down.
const ORDERS: usize = 3;

/// One list of one caller.
struct List<'a> {
    gateway: &'a Gateway,
    caller: &'a Caller,
    kind: &'static Kind,
    order: String,
}

impl List<'_> {
    async fn page(&self, arguments: &str) -> Value {
        let query = format!(
            "{{ page: {}({}{arguments}) {{ nodes {{ id }} edges {{ cursor }} pageInfo {{ \
             hasNextPage hasPreviousPage startCursor endCursor }} totalCount }} }}",
            self.kind.plural, self.order
        );
        let answer = say(self.gateway, self.caller, &query, Map::new()).await;
        let data = answer.unwrap_or_else(|error| {
            panic!("{} {query}: {}", self.caller.role, String::from_utf8_lossy(&error))
        });
        serde_json::from_slice::<Value>(&data).expect("answers are JSON")["page"].take()
    }

    /// All pages of a size, from the first on or from the last back.
    async fn pages(&self, size: usize, backward: bool) -> Vec<String> {
        let (count, from, more, end) = if backward {
            ("last", "before", "hasPreviousPage", "startCursor")
        } else {
            ("first", "after", "hasNextPage", "endCursor")
        };
        let mut pages = Vec::new();
        let mut arguments = format!("{count}: {size}");
        loop {
            let page = self.page(&arguments).await;
            pages.push(ids(&page));
            if page["pageInfo"][more] != true {
                break;
            }
            let cursor = page["pageInfo"][end].as_str().expect("a page that is not the last");
            arguments = format!("{count}: {size}, {from}: \"{cursor}\"");
        }
        if backward {
            pages.reverse();
        }
        pages.concat()
    }
}

fn ids(page: &Value) -> Vec<String> {
    let nodes = page["nodes"].as_array().expect("a list");
    nodes.iter().map(|node| node["id"].as_str().expect("an id").to_owned()).collect()
}

/// Every order of a list: none, each field both ways, and a few random ones.
fn orders(gateway: &Gateway, caller: &Caller, kind: &'static Kind) -> Vec<String> {
    let permit = &entitled(gateway, caller.role, caller.purposes[0]).permit;
    let fields = names(permit, kind, Position::Order);
    let single = fields
        .iter()
        .flat_map(|name| ["ASC", "DESC"].map(|way| format!("orderBy: [{{ {name}: {way} }}], ")));
    let mut all: Vec<String> = std::iter::once(String::new()).chain(single).collect();
    if !fields.is_empty() {
        let mut runner = TestRunner::deterministic();
        let strategy = order(permit, kind);
        all.extend((0..ORDERS).map(|_| strategy.new_tree(&mut runner).expect("one").current()));
    }
    all
}

/// Checks every list of every caller; gives the whole lists in their order.
async fn check(world: &World) -> Vec<(String, Vec<String>)> {
    let gateway = world.gateway().await;
    let mut lists = Vec::new();
    for (role, purpose) in CALLERS {
        let caller = caller(role, purpose);
        let permit = &entitled(&gateway, role, purpose).permit;
        for kind in shown(permit).into_iter().filter(|kind| kind.name != "AccessEvent") {
            for order in orders(&gateway, &caller, kind) {
                let list = List { gateway: &gateway, caller: &caller, kind, order };
                let whole = list.page(&format!("first: {WHOLE}")).await;
                let name = format!("{role} {}({})", kind.plural, list.order);
                let expected = ids(&whole);
                if whole["pageInfo"]["hasNextPage"] == false {
                    assert_eq!(whole["totalCount"], expected.len(), "{name}: the count");
                    let size = (expected.len() / 4).max(3);
                    assert_eq!(list.pages(size, false).await, expected, "{name}: forward");
                    assert_eq!(list.pages(size + 1, true).await, expected, "{name}: backward");
                }
                lists.push((name, expected));
            }
        }
    }
    lists
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_put_together_are_the_list_on_both_databases() {
    let lists = match both().await {
        Some([sqlite, postgres]) => {
            let (left, right) = tokio::join!(check(&sqlite), check(&postgres));
            for (left, right) in left.iter().zip(&right) {
                assert_eq!(left, right);
            }
            left
        }
        None => check(&copy(Backend::Sqlite).await).await,
    };
    assert!(lists.iter().filter(|(_, ids)| ids.len() > 20).count() > 50, "long lists are paged");
    println!(
        "{} lists of {} rows",
        lists.len(),
        lists.iter().map(|(_, ids)| ids.len()).sum::<usize>()
    );
}
