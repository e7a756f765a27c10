//! What clients find out by themselves (RFC 8414).

use serde_json::{Value, json};

use super::site::{ISSUER, Site};

async fn get(site: &Site, path: &str) -> Value {
    let response = site.server.client.get(format!("{}{path}", site.server.base)).send().await;
    let response = response.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    response.json().await.unwrap()
}

#[tokio::test]
async fn the_metadata_names_every_endpoint_and_what_it_takes() {
    let site = Site::sqlite().await;
    let metadata = get(&site, "/.well-known/oauth-authorization-server").await;
    assert_eq!(metadata["issuer"], ISSUER);
    assert_eq!(metadata["grant_types_supported"], json!(["client_credentials"]));
    assert_eq!(metadata["response_types_supported"], json!([]));
    let methods = json!(["client_secret_basic", "client_secret_post", "private_key_jwt"]);
    for endpoint in ["token", "revocation", "introspection"] {
        let url = metadata[format!("{endpoint}_endpoint")].as_str().unwrap();
        let path = url.strip_prefix(ISSUER).unwrap();
        let (status, answer) = site.post(path, &[]).await;
        assert_eq!((status, &answer["error"]), (401, &json!("invalid_client")), "{path}");
        assert_eq!(metadata[format!("{endpoint}_endpoint_auth_methods_supported")], methods);
        let algorithms =
            &metadata[format!("{endpoint}_endpoint_auth_signing_alg_values_supported")];
        assert_eq!(*algorithms, json!(["ES256", "EdDSA", "RS256"]));
    }
    let scopes = metadata["scopes_supported"].as_array().unwrap();
    assert!(scopes.contains(&json!("role:HC")) && scopes.contains(&json!("purpose:P-IMM")));
    assert!(scopes.contains(&json!("role:SH")) && !scopes.contains(&json!("role:SU")));
}

#[tokio::test]
async fn the_key_set_holds_public_keys_alone() {
    let site = Site::sqlite().await;
    let keys = get(&site, "/.well-known/jwks.json").await;
    let [key] = keys["keys"].as_array().unwrap().as_slice() else { panic!("{keys}") };
    let mut members: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
}
