//! Several gateways over one PostgreSQL database, each a process of its own.

mod acts;
mod current;
mod site;
