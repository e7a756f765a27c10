//! What callers do: consent given and withdrawn, emergencies opened, closed and reviewed; each with
//! its record, at once and everywhere.

pub mod acting;
mod closing;
mod consent;
mod emergency;
mod holds;
mod limits;
mod officers;
mod races;
mod review;
mod surface;
