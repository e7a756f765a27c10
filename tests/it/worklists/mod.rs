//! What is due to whom: stored items, the lists that roles work by, notices of arrival.

mod items;
mod lists;
mod notices;
mod plans;
mod reading;
mod rights;
