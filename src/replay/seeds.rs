//! What the gateway comes with: laws, and the grants of the first version. Compiled in, so that nobody
//! alters it with the tables.

use entity::{grant_version, legal_basis, sharing_grant};

use super::image::{self, Image};

/// The rows of the migrations.
#[expect(clippy::expect_used, reason = "the data file was read by a migration")]
pub(super) fn images() -> Vec<Image> {
    let laws = migration::seeded_laws().expect("the data file was read by a migration");
    let grants = migration::seeded_grants().expect("the data file was read by a migration");
    let codes: Vec<String> = laws.iter().map(|law| law.code.clone()).collect();
    let first = grants.iter().map(|grant| grant.valid_from).max();
    let laws = (1_i64..).zip(laws).map(|(id, law)| {
        image::law(&legal_basis::Model {
            id,
            code: law.code,
            law: law.law,
            instrument: law.instrument,
            in_force_from: law.in_force_from.to_utc(),
            in_force_until: law.in_force_until.map(|until| until.to_utc()),
        })
    });
    let grants = (1_i64..).zip(grants).map(|(id, grant)| {
        let law = usize::try_from(grant.legal_basis_id - 1).ok().and_then(|at| codes.get(at));
        let row = sharing_grant::Model {
            id,
            version: 1,
            role: grant.role,
            field_group: grant.group,
            field: None,
            level: grant.level,
            scope: grant.scope,
            purpose: grant.purpose,
            legal_basis_id: grant.legal_basis_id,
            covers_minors: grant.covers_minors,
            valid_from: grant.valid_from,
            valid_until: None,
        };
        image::grant(&row, law.map(String::as_str).unwrap_or_default())
    });
    let version = first.map(|at| {
        image::version(&grant_version::Model {
            version: 1,
            at,
            proposal_id: None,
            summary: migration::FIRST_SUMMARY.to_owned(),
        })
    });
    laws.chain(grants).chain(version).collect()
}
