//! The access records as a transparency log: the real program, real databases, real cuts, and an
//! implementation of the standards that is not the gateway's (`tests/clients/tlog.py`).

mod cutting;
mod desk;
mod exporting;
mod page;
mod proving;
mod running;
mod witnessing;
