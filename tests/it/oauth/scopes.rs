//! What a token is for: no more than its client has, and one role.

use migrant_gateway::policy::Role;

use super::{signer::part, site::Site};

async fn scoped(
    site: &Site,
    id: &str,
    secret: &str,
    scope: Option<&str>,
) -> Result<String, String> {
    let scope: Vec<_> = scope.map(|scope| ("scope", scope)).into_iter().collect();
    let form = [&[("client_id", id), ("client_secret", secret)][..], &scope].concat();
    let (status, answer) = site.ask(&form).await;
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    match status {
        200 => {
            assert_eq!(part(&text("access_token"), 1)["scope"], answer["scope"]);
            Ok(text("scope"))
        }
        _ => Err(format!("{status} {}", text("error"))),
    }
}

#[tokio::test]
async fn a_token_is_for_one_role_and_for_purposes_that_client_and_role_have() {
    let site = Site::sqlite().await;
    site.register("one", &[Role::HF]).await;
    site.register("two", &[Role::HF, Role::HV]).await;
    let one = site.secret("one", None).await;
    let two = site.secret("two", None).await;
    let refused = || Err("400 invalid_scope".to_owned());
    let granted = |scope: &str| Ok(scope.to_owned());
    for (id, scope, expected) in [
        ("one", None, granted("role:HF purpose:P-FP purpose:P-HE purpose:P-REF")),
        ("one", Some("role:HF"), granted("role:HF purpose:P-FP purpose:P-HE purpose:P-REF")),
        (
            "one",
            Some("role:health.outreach_worker"),
            granted("role:HF purpose:P-FP purpose:P-HE purpose:P-REF"),
        ),
        ("one", Some("purpose:P-HE"), granted("role:HF purpose:P-HE")),
        ("one", Some("purpose:P-HE role:HF role:HF"), granted("role:HF purpose:P-HE")),
        ("one", Some("role:HV"), refused()),
        ("one", Some("role:HC"), refused()),
        ("one", Some("role:SU"), refused()),
        ("one", Some("role:SH"), refused()),
        ("one", Some("purpose:P-IMM"), refused()),
        ("one", Some("purpose:P-HE purpose:P-IMM"), refused()),
        ("one", Some("role:HF role:HV"), refused()),
        ("one", Some("openid"), refused()),
        ("one", Some("role:"), refused()),
        ("one", Some("ROLE:HF"), refused()),
        ("two", None, refused()),
        ("two", Some("purpose:P-IMM"), refused()),
        ("two", Some("role:HV"), granted("role:HV purpose:P-IMM")),
        ("two", Some("role:HV purpose:P-FP"), refused()),
        ("two", Some("role:HF role:HV"), refused()),
    ] {
        let secret = if id == "one" { &one } else { &two };
        assert_eq!(scoped(&site, id, secret, scope).await, expected, "{id} {scope:?}");
    }
}

#[tokio::test]
async fn what_a_client_was_not_registered_for_is_not_granted_although_its_role_has_it() {
    let site = Site::sqlite().await;
    let mut narrow = super::site::client("narrow", &[Role::HF]);
    narrow.purposes.retain(|purpose| purpose.code() == "P-HE");
    let by = migrant_gateway::oauth::Authority::Operator;
    site.change(migrant_gateway::oauth::Register { client: narrow, by }).await.unwrap();
    let secret = site.secret("narrow", None).await;
    let granted = scoped(&site, "narrow", &secret, None).await;
    assert_eq!(granted.as_deref(), Ok("role:HF purpose:P-HE"));
    let asked = Some("purpose:P-FP");
    assert!(scoped(&site, "narrow", &secret, asked).await.is_err());
}
