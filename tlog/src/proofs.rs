//! Proofs over the tree (RFC 6962 §2.1.1 and §2.1.2): what they consist of, and whether they hold.
//!
//! What a proof consists of is said in spans of leaves: whoever has the leaves, or remembers roots of
//! complete subtrees, makes the hashes. Verification needs nothing but the proof (RFC 9162 §2.1.3.2
//! and §2.1.4.2).

use std::ops::Range;

use super::tree::{Hash, node};

/// The spans whose roots prove that a tree of `size` leaves holds the leaf `index`, from the leaf up.
pub fn inclusion(index: u64, size: u64) -> Vec<Range<u64>> {
    let mut spans = Vec::new();
    if index < size {
        path(index, 0..size, &mut spans);
    }
    spans
}

fn path(index: u64, tree: Range<u64>, spans: &mut Vec<Range<u64>>) {
    if tree.end - tree.start == 1 {
        return;
    }
    let middle = middle(&tree);
    if index < middle {
        path(index, tree.start..middle, spans);
        spans.push(middle..tree.end);
    } else {
        path(index, middle..tree.end, spans);
        spans.push(tree.start..middle);
    }
}

/// The spans whose roots prove that a tree of `to` leaves begins with the tree of `from` leaves.
pub fn consistency(from: u64, to: u64) -> Vec<Range<u64>> {
    let mut spans = Vec::new();
    if 0 < from && from < to {
        common(from, 0..to, true, &mut spans);
    }
    spans
}

/// `known` says that the older tree's root is the root of this span, which the verifier has.
fn common(from: u64, tree: Range<u64>, known: bool, spans: &mut Vec<Range<u64>>) {
    if from == tree.end {
        if !known {
            spans.push(tree);
        }
        return;
    }
    let middle = middle(&tree);
    if from <= middle {
        common(from, tree.start..middle, known, spans);
        spans.push(middle..tree.end);
    } else {
        common(from, middle..tree.end, false, spans);
        spans.push(tree.start..middle);
    }
}

/// Where a tree of two leaves or more parts: the left side is the largest complete one that leaves
/// something to the right.
fn middle(tree: &Range<u64>) -> u64 {
    tree.start + (1 << (tree.end - tree.start - 1).ilog2())
}

/// The complete subtrees of which a span consists, from left to right: where each begins, and its
/// height. Spans of proofs begin where a subtree as large as they are can.
pub fn complete_subtrees(span: Range<u64>) -> Vec<(u64, u32)> {
    let mut subtrees = Vec::new();
    let mut begin = span.start;
    while begin < span.end {
        let height = (span.end - begin).ilog2().min(begin.trailing_zeros());
        subtrees.push((begin, height));
        begin += 1 << height;
    }
    subtrees
}

/// Whether a tree of `size` leaves with this root holds the leaf `index`.
pub fn is_included(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in path {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            hash = node(sibling, &hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether the tree of `to` leaves begins with the one of `from` leaves. Every tree begins with the
/// empty one, which needs no proof.
pub fn is_consistent(
    (from, first): (u64, &Hash),
    (to, second): (u64, &Hash),
    proof: &[Hash],
) -> bool {
    if from > to {
        return false;
    }
    if from == to {
        return proof.is_empty() && first == second;
    }
    if from == 0 {
        return proof.is_empty();
    }
    let (mut place, mut last) = (from - 1, to - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let mut hashes = proof.iter();
    // A complete tree is its own only subtree, which the verifier has.
    let begin = if from.is_power_of_two() { Some(first) } else { hashes.next() };
    let Some(begin) = begin else { return false };
    let (mut old, mut new) = (*begin, *begin);
    for hash in hashes {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            old = node(hash, &old);
            new = node(hash, &new);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            new = node(&new, hash);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && old == *first && new == *second
}

#[cfg(test)]
mod tests {
    use super::{
        super::tree::tests::{leaves, roots, tree},
        *,
    };

    const SIZE: u64 = 40;

    fn hashes(spans: &[Range<u64>]) -> Vec<Hash> {
        roots(spans, SIZE)
    }

    #[test]
    fn every_leaf_is_proven_in_every_tree_that_holds_it_and_in_no_other() {
        let all = leaves(SIZE);
        for size in 1..=SIZE {
            let root = tree(size).root();
            for (index, leaf) in (0..size).zip(&all) {
                let proof = hashes(&inclusion(index, size));
                assert!(is_included(leaf, index, size, &proof, &root), "{index} of {size}");
                assert!(!is_included(&[0; 32], index, size, &proof, &root));
                assert!(!is_included(leaf, index, size, &proof, &[0; 32]));
                assert!(!is_included(leaf, index ^ 1, size, &proof, &root) || size == 1);
                let longer = [proof.as_slice(), &[root]].concat();
                assert!(!is_included(leaf, index, size, &longer, &root));
                if let Some((_, shorter)) = proof.split_last() {
                    assert!(!is_included(leaf, index, size, shorter, &root));
                }
            }
            assert!(!is_included(&all[0], size, size, &[], &root));
        }
    }

    #[test]
    fn every_tree_is_proven_to_begin_with_each_that_it_was() {
        for to in 0..=SIZE {
            let second = tree(to).root();
            for from in 0..=to {
                let first = tree(from).root();
                let proof = hashes(&consistency(from, to));
                let holds = |first: &Hash, second: &Hash, proof: &[Hash]| {
                    is_consistent((from, first), (to, second), proof)
                };
                assert!(holds(&first, &second, &proof), "{from} to {to}");
                if from > 0 {
                    assert!(!holds(&[0; 32], &second, &proof), "{from} to {to}");
                    assert!(!holds(&first, &[0; 32], &proof), "{from} to {to}");
                }
                assert!(!holds(&first, &second, &[proof.as_slice(), &[first]].concat()));
                if let Some((_, shorter)) = proof.split_last() {
                    assert!(!holds(&first, &second, shorter), "{from} to {to}");
                }
                for index in 0..proof.len() {
                    let mut forged = proof.clone();
                    forged[index][0] ^= 1;
                    assert!(!holds(&first, &second, &forged), "{from} to {to}: {index}");
                }
            }
            assert!(!is_consistent((to + 1, &second), (to, &second), &[]));
        }
    }

    #[test]
    fn spans_are_made_of_complete_subtrees() {
        assert_eq!(complete_subtrees(0..6), [(0, 2), (4, 1)]);
        assert_eq!(complete_subtrees(8..11), [(8, 1), (10, 0)]);
        assert_eq!(complete_subtrees(4..4), []);
        assert_eq!(complete_subtrees(0..(1 << 20) + 1), [(0, 20), (1 << 20, 0)]);
    }
}
