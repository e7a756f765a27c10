//! Tokens that must pass, and many more that must not.

mod algorithms;
mod caching;
mod claims;
mod issuer;
mod keysets;
mod properties;
mod refresh;
mod support;
mod time;
