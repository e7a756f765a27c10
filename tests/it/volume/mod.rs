//! How much of people's data one caller learns: what nothing explains is limited, on all instances and
//! over every restart; what two people agreed on is not.

mod agreements;
mod cli;
mod explained;
mod limits;
mod reading;
mod settling;
mod wire;
mod worklists;
