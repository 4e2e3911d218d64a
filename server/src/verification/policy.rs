//! The policy of trust: whom the server believes, what it recomputes, and what follows from a lie. Every knob and every
//! rule that decides is here; `verifier` only keeps the books. Knows no time, no randomness, no disk and no network.
//!
//! In one paragraph: results are provisional until somebody the server trusts has recomputed segments of them that
//! were drawn after they were committed. Trust begins with the server's own auditor and with operators' tokens, and
//! goes from them to whoever they have found right often enough; it goes no further. A disagreement is decided by the
//! server's own replay of the first differing segment, twice.

use bytebiota_protocol::message::WaitReason;

/// The knobs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Policy {
    /// Whether results are checked at all; `Accept` is for a private world among friends.
    pub mode: Mode,
    /// Of a million reports, so many are recomputed in full, whoever made them.
    pub full_per_million: u32,
    /// Reports that the auditor or an operator must have recomputed and found right before their maker is proven.
    pub proving_reports: u32,
    /// How often the auditor is drawn where a proven volunteer could check as well, percent.
    pub auditor_percent: u32,
    /// Work that waits for the auditor beyond this sends newcomers away for a while, ms of its time.
    pub auditor_queue_ms: u64,
    /// A unit is never larger than what the server replays in this, ms.
    pub replay_ms: u64,
    /// How long the maker's answer to a challenge is waited for once his stretch is closed, ms.
    pub challenge_ms: u64,
    /// How long a volunteer may take for a check, ms.
    pub check_ms: u64,
    /// How long the first mismatch suspends, ms.
    pub suspension_ms: u64,
    /// More convictions of proven volunteers than this within `alarm_ms` stop all penalties.
    pub alarm_convictions: u32,
    /// The time in which they are counted, ms.
    pub alarm_ms: u64,
    /// Newest confirmed units of a convict that are recomputed in full, as far as their states are kept.
    pub look_back_units: u32,
}

/// Whether results are checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// What is well-formed is taken as true.
    Accept,
    /// What was drawn is recomputed first.
    Check,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            mode: Mode::Check,
            full_per_million: 10_000,
            proving_reports: 10,
            auditor_percent: 25,
            auditor_queue_ms: 30_000,
            replay_ms: 120_000,
            challenge_ms: 2_000,
            check_ms: 60_000,
            suspension_ms: 24 * 3_600_000,
            alarm_convictions: 3,
            alarm_ms: 3_600_000,
            look_back_units: 64,
        }
    }
}

/// Below this nobody can set `full_per_million`: no trust lowers it.
pub const LEAST_FULL_PER_MILLION: u32 = 10_000;

/// What is known of a volunteer, as it is stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    /// He shows an operator's token, or is the server itself.
    pub is_operator: bool,
    /// Reports of his that the auditor or an operator recomputed and found right, since his last mismatch.
    pub proofs: u32,
    /// Times his results did not match.
    pub mismatches: u32,
    /// Suspended until then, and a self-test is due after; 0 for not at all. Unix ms.
    pub suspended_until_ms: u64,
    /// For good.
    pub is_banned: bool,
}

/// What a volunteer may do now.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Trust {
    /// Nothing is known of him: only the auditor and operators check what he makes.
    #[default]
    Newcomer,
    /// He may check others, and others like him may check what he makes.
    Proven,
    /// He gets no work.
    Barred(Bar),
}

/// Why somebody gets no work.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Bar {
    /// Until his self-test.
    Suspended,
    /// For good.
    Banned,
    /// Not he: what he computes with.
    Engine,
}

impl Bar {
    /// What he is told.
    pub fn reason(self) -> WaitReason {
        match self {
            Self::Suspended => WaitReason::Suspended,
            Self::Banned => WaitReason::Banned,
            Self::Engine => WaitReason::EngineBlocked,
        }
    }
}

/// Proven volunteers who are asked, at most, what another one with their engine got wrong.
pub const MOST_WITNESSES: usize = 8;

/// What is known of a mistake that may be an engine's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// Somebody proven was seen with the engine.
    pub is_sound: bool,
    /// Volunteers who gave the very same wrong digest with it.
    pub wrong: usize,
    /// Those of them who were proven.
    pub proven_wrong: usize,
    /// Somebody proven computed the same segment right with it.
    pub has_proven_right: bool,
}

/// What is waiting for the auditor goes in this order; proven volunteers never wait behind newcomers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Urgency {
    /// A disagreement, a self-test, a probe: somebody's standing hangs on it.
    Dispute,
    /// The result of somebody proven.
    Proven,
    /// A slot's very first unit: one epoch, and a newcomer waits for it.
    FirstUnit,
    /// Another result of somebody new.
    Newcomer,
    /// What a convict made before.
    LookBack,
}

/// What a mismatch costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Penalty {
    /// Nothing beyond the units: the alarm is on, his engine is refused, or he pays already for the same deed.
    None,
    /// A day, then a self-test.
    Suspension,
    /// Everything.
    Ban,
}

impl Policy {
    /// What a volunteer may do.
    pub fn trust(&self, standing: &Standing, engine_is_blocked: bool) -> Trust {
        match standing {
            _ if engine_is_blocked => Trust::Barred(Bar::Engine),
            Standing {
                is_banned: true, ..
            } => Trust::Barred(Bar::Banned),
            Standing {
                suspended_until_ms: 1..,
                ..
            } => Trust::Barred(Bar::Suspended),
            _ if standing.is_operator || standing.proofs >= self.proving_reports => Trust::Proven,
            _ => Trust::Newcomer,
        }
    }

    /// What a volunteer may do as long as he is here and does not answer what he is asked: his units are computed from
    /// their beginnings at the server's cost, so he waits for the auditor where newcomers wait. An operator's own do not.
    pub fn trust_in_silence(&self, standing: &Standing, trust: Trust) -> Trust {
        match trust {
            Trust::Proven if !standing.is_operator => Trust::Newcomer,
            other => other,
        }
    }

    /// Whether somebody may check the work of a maker. Roots, that is operators, may check everybody; proven
    /// volunteers those who are proven, too: a newcomer's trust must come from a root.
    pub fn may_check(&self, checker: Trust, is_root: bool, maker: Trust) -> bool {
        checker == Trust::Proven && (is_root || maker == Trust::Proven)
    }

    /// Whether a report is recomputed in full: a slot's first one always, others by the draw of a number below a
    /// million, and all of somebody who was just found wrong elsewhere.
    pub fn is_full(&self, is_first: bool, maker_was_wrong: bool, draw_of_million: u32) -> bool {
        let share = self.full_per_million.max(LEAST_FULL_PER_MILLION);
        is_first || maker_was_wrong || draw_of_million < share
    }

    /// What a mismatch costs somebody of this standing. Who is suspended already pays for work of the same time.
    pub fn penalty(&self, before: &Standing, is_spared: bool) -> Penalty {
        if is_spared || before.is_banned || before.suspended_until_ms > 0 {
            return Penalty::None;
        }
        match before.mismatches {
            0 => Penalty::Suspension,
            _ => Penalty::Ban,
        }
    }

    /// A standing after a mismatch.
    pub fn convicted(&self, before: Standing, penalty: Penalty, now_ms: u64) -> Standing {
        let mut after = before;
        match penalty {
            // He keeps his freedom, not his proofs.
            Penalty::None => {}
            Penalty::Suspension => {
                after.mismatches += 1;
                after.suspended_until_ms = now_ms.saturating_add(self.suspension_ms).max(1);
            }
            Penalty::Ban => {
                after.mismatches += 1;
                after.is_banned = true;
            }
        }
        after.proofs = 0;
        after
    }

    /// The standing of somebody who was convicted for his engine's mistake, from how he stood before: free again, but what
    /// he proved himself with was that engine.
    pub fn acquitted(&self, before: Standing) -> Standing {
        Standing {
            proofs: 0,
            ..before
        }
    }

    /// A standing after the self-test that ends a suspension.
    pub fn tested(&self, before: Standing, was_right: bool) -> Standing {
        let mut after = before;
        after.suspended_until_ms = 0;
        after.is_banned |= !was_right;
        after
    }

    /// Whether a mistake is the engine's rather than a person's: two make the same. Where it has proven itself with somebody, two
    /// who are proven; and nobody proven may have computed it right. So no crowd can have an engine refused that others
    /// run well.
    pub fn is_engine_to_blame(&self, evidence: &Evidence) -> bool {
        let wrong = match evidence.is_sound {
            true => evidence.proven_wrong,
            false => evidence.wrong,
        };
        wrong >= 2 && !evidence.has_proven_right
    }

    /// Whether so many convictions of proven volunteers within `alarm_ms` mean that something is wrong with the
    /// server rather than with them.
    pub fn is_alarm(&self, convictions: usize) -> bool {
        convictions > self.alarm_convictions as usize
    }

    /// How urgent a check is.
    pub fn urgency(&self, maker: Trust, is_first: bool) -> Urgency {
        match (maker, is_first) {
            (Trust::Proven, _) => Urgency::Proven,
            (_, true) => Urgency::FirstUnit,
            (_, false) => Urgency::Newcomer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_mismatch_suspends_the_second_bans_and_the_alarm_spares() {
        let policy = Policy::default();
        let start = Standing {
            proofs: 50,
            ..Standing::default()
        };
        assert_eq!(policy.trust(&start, false), Trust::Proven);
        let first = policy.convicted(start, policy.penalty(&start, false), 1_000);
        assert_eq!(policy.trust(&first, false), Trust::Barred(Bar::Suspended));
        assert_eq!(first.suspended_until_ms, 1_000 + policy.suspension_ms);
        assert_eq!(
            policy.penalty(&first, false),
            Penalty::None,
            "the same deed"
        );
        let passed = policy.tested(first, true);
        assert_eq!(
            policy.trust(&passed, false),
            Trust::Newcomer,
            "from the beginning"
        );
        let second = policy.convicted(passed, policy.penalty(&passed, false), 2_000);
        assert_eq!(policy.trust(&second, false), Trust::Barred(Bar::Banned));
        assert_eq!(
            policy.trust(&policy.acquitted(start), false),
            Trust::Newcomer,
            "free, and from the beginning, too"
        );
        let failed = policy.tested(first, false);
        assert_eq!(policy.trust(&failed, false), Trust::Barred(Bar::Banned));
        let spared = policy.convicted(start, policy.penalty(&start, true), 1_000);
        assert_eq!(
            policy.trust(&spared, false),
            Trust::Newcomer,
            "only his proofs"
        );
    }

    #[test]
    fn silence_costs_the_place_in_front_and_nothing_else() {
        let policy = Policy::default();
        let (mut standing, barred) = (Standing::default(), Trust::Barred(Bar::Banned));
        let in_silence = |standing: &Standing, trust| policy.trust_in_silence(standing, trust);
        assert_eq!(in_silence(&standing, Trust::Proven), Trust::Newcomer);
        assert_eq!(in_silence(&standing, Trust::Newcomer), Trust::Newcomer);
        assert_eq!(in_silence(&standing, barred), barred);
        standing.is_operator = true;
        assert_eq!(in_silence(&standing, Trust::Proven), Trust::Proven);
    }

    #[test]
    fn trust_goes_one_step_from_the_roots_and_no_further() {
        let policy = Policy::default();
        let (new, proven) = (Trust::Newcomer, Trust::Proven);
        assert!(!policy.may_check(new, false, new) && !policy.may_check(new, false, proven));
        assert!(
            !policy.may_check(proven, false, new),
            "a newcomer needs a root"
        );
        assert!(policy.may_check(proven, false, proven) && policy.may_check(proven, true, new));
        let barred = Trust::Barred(Bar::Suspended);
        assert!(!policy.may_check(barred, true, new));
    }

    #[test]
    fn an_engine_is_to_blame_if_two_make_its_mistake_and_nobody_proven_denies_it() {
        let is_to_blame = |is_sound, wrong, proven_wrong, has_proven_right| {
            Policy::default().is_engine_to_blame(&Evidence {
                is_sound,
                wrong,
                proven_wrong,
                has_proven_right,
            })
        };
        assert!(is_to_blame(false, 2, 0, false) && !is_to_blame(false, 1, 0, false));
        assert!(!is_to_blame(true, 100, 1, false), "a crowd and one proven");
        assert!(is_to_blame(true, 2, 2, false) && !is_to_blame(true, 7, 7, true));
    }

    #[test]
    fn no_knob_lowers_the_share_of_full_checks_below_one_percent() {
        let policy = Policy {
            full_per_million: 0,
            ..Policy::default()
        };
        assert!(policy.is_full(false, false, 9_999) && !policy.is_full(false, false, 10_000));
        assert!(policy.is_full(true, false, 999_999) && policy.is_full(false, true, 999_999));
    }
}
