//! `rules`: the rules of the domain by edition, which tell of nobody and are open to everybody.

use super::site::Site;
use crate::support::{CALLERS, caller};

#[tokio::test]
async fn every_caller_reads_the_rules_with_their_editions() {
    let site = Site::sqlite().await;
    let query = "{ rules { id titleZh edition validFrom validUntil inForce text source } }";
    for (role, purpose) in CALLERS.iter() {
        let data = site.data(&caller(*role, *purpose), query).await;
        let rules = data["rules"].as_array().unwrap();
        for number in 1..=13 {
            let id = format!("R-{number:02}");
            assert!(rules.iter().any(|rule| rule["id"] == *id), "{role} {purpose}: {id}");
        }
        let find = |id: &str, edition: &str| {
            rules.iter().find(|rule| rule["id"] == id && rule["edition"] == edition).unwrap()
        };
        // The world's clock stands in 2026: long after the regulation of 2009.
        assert_eq!(find("R-01", "FP-2009")["inForce"], false);
        assert_eq!(find("R-01", "FP-2009")["validUntil"], "2021-08-31");
        assert_eq!(find("R-06", "2015")["inForce"], true);
        assert_eq!(find("R-06", "2026")["inForce"], false);
    }
}
