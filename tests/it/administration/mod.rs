//! Administration beyond grants: clients, and what was done, by the schema under P-ADM.

mod clients;
mod schemas;
