//! From a long failing trace to a short one.

use crate::step::Step;

/// Removes steps as long as `fails` stays true of what is left: first halves, then quarters, and at last single steps.
pub fn shrink(trace: &[Step], mut fails: impl FnMut(&[Step]) -> bool) -> Vec<Step> {
    let mut left = trace.to_vec();
    let mut chunk = left.len().div_ceil(2);
    while chunk > 0 {
        let mut removed = false;
        let mut at = 0;
        while at < left.len() {
            let mut shorter = left[..at].to_vec();
            shorter.extend_from_slice(&left[(at + chunk).min(left.len())..]);
            if fails(&shorter) {
                left = shorter;
                removed = true;
            } else {
                at += chunk;
            }
        }
        // Single steps are tried again until none can go: one may have been there for the sake of a later one.
        if chunk > 1 || !removed {
            chunk /= 2;
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_what_matters() {
        let trace: Vec<Step> = (0..1000).map(Step::Interrupt).collect();
        let needed = [Step::Interrupt(17), Step::Interrupt(600), Step::Interrupt(601)];
        let left = shrink(&trace, |steps| needed.iter().all(|step| steps.contains(step)));
        assert_eq!(left, needed);
    }

    #[test]
    fn a_trace_that_fails_without_any_step_shrinks_to_nothing() {
        assert_eq!(shrink(&[Step::Fault, Step::Preempt], |_| true), []);
    }
}
