//! Partner systems: how they get tokens, what is refused, and that what was taken back is refused at
//! once everywhere.

mod acting;
mod assertions;
mod cli;
pub mod clients;
mod credentials;
mod external;
mod forms;
mod keys;
mod metadata;
mod methods;
mod rate;
mod refusals;
mod scopes;
mod signer;
mod site;
mod tokens;
