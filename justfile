# Everyday commands; `just` lists them.

_default:
    @just --list

# Serve a synthetic population with a request to paste for every role
demo *arguments:
    cargo run --release -- demo {{arguments}}

# All tests; PostgreSQL's run where its programs are installed
test:
    cargo test --workspace

# What continuous integration runs
ci:
    .ci/run

# Formatting and lints
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# Licences, bans, sources and advisories of dependencies
deny:
    .ci/deny

# Write the published schema anew
schema:
    cargo run -- schema > schema.graphql
