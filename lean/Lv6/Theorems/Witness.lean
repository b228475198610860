module
public import Lv6.Spec.Keep.Boot
public import Lv6.Spec.Keep.Vm
public import Lv6.Theorems.Isolation
/-!
# The theorems are not empty

The kernel's initial state satisfies the invariant, and from there init can get itself memory: four system calls, each of
which succeeds, after which the processor finds a frame at address 0 that can be written to.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec.Witness

/-- Present and writable. -/
def readWrite : Word := 3#64
theorem isPerm_readWrite : isPerm readWrite := by unfold isPerm readWrite; decide

/-- The start: the kernel lies at page frame 512, two megabytes into memory. -/
def start : State := initial 512
/-- Init makes page 4 its first level-3 table. -/
def pdpt : Nat × State := allocPdpt start 1 1 0 4 readWrite
/-- It makes page 5 its first level-2 table. -/
def pd : Nat × State := allocPd pdpt.2 1 4 0 5 readWrite
/-- It makes page 6 its first level-1 table. -/
def pt : Nat × State := allocPt pd.2 1 5 0 6 readWrite
/-- It makes page 7 its first frame. -/
def frame : Nat × State := allocFrame pt.2 1 6 0 7 readWrite

/-- The invariant holds at the start. -/
theorem start_inv : Inv start := boot_inv (by decide) (by decide)

/-- What a successful call gives. -/
theorem allocMapped_success {s : State} {table q : Nat} {parent child : PageType} (hc : s.current = 1)
    (hq : isFree s q) (ht : isPageOf s table parent) (ho : s.pageOwner table = 1) (he : s.word table 0 = 0#64) :
    allocMapped s 1 table 0 q readWrite parent child
      = (0, setEntry (allocPage s 1 child q) 1 table 0 (makeEntry (s.base + q) readWrite)) := by
  have h0 : checkMap s 1 table 0 readWrite parent = 0 := by
    have h1 : ¬ (s.word table 0).present = true := by rw [he, present_zero]; exact nofun
    unfold checkMap
    rw [if_neg (by decide), if_neg (not_not_intro (.inl hc.symm)), if_neg (not_not_intro ht), if_neg (not_not_intro ho),
      if_neg (by decide), if_neg (not_not_intro isPerm_readWrite), if_neg h1]
  unfold allocMapped
  simp only [hq, h0, not_true_eq_false, if_false, ne_eq]

/-- What the pages from 4 on become. -/
def kind (q : Nat) : PageType := if q = 4 then .x86Pdpt else if q = 5 then .x86Pd else if q = 6 then .x86Pt else .frame

/-- The parts of the state that matter here, after the first calls: page 1 and the pages from 4 to `top` are init's, a chain
of tables whose first entries each map the next page of the chain. -/
structure Chain (s : State) (top : Nat) : Prop where
  current : s.current = 1
  base : s.base = 512
  root : s.root 1 = 1
  first : s.pageType 1 = .x86Pml4
  type : ∀ q, 4 ≤ q → s.pageType q = if top < q then .free else kind q
  owner : ∀ q, q = 1 ∨ 4 ≤ q ∧ q ≤ top → s.pageOwner q = 1
  word : ∀ q, s.word q 0 = if q = 1 ∧ 4 ≤ top then makeEntry (512 + 4) readWrite
    else if 4 ≤ q ∧ q < top then makeEntry (512 + (q + 1)) readWrite else 0#64

theorem start_chain : Chain start 3 := by
  rw [start, initial_eq (by decide) (by decide)]
  constructor
  · rfl
  · rfl
  · rfl
  · rfl
  · intro q hq; dsimp only; grind
  · intro q hq; dsimp only; grind
  · intro q; dsimp only [zero]; grind

/-- The next call succeeds. -/
theorem Chain.grow {s : State} {top table : Nat} {parent child : PageType} (h : Chain s top) (h3 : 3 ≤ top) (h7 : top < 7)
    (ht : table = if top = 3 then 1 else top) (hp : s.pageType table = parent) (hc : child = kind (top + 1)) :
    (allocMapped s 1 table 0 (top + 1) readWrite parent child).1 = 0 ∧
      Chain (allocMapped s 1 table 0 (top + 1) readWrite parent child).2 (top + 1) := by
  have hf : isFree s (top + 1) := ⟨by omega, by rw [h.type _ (by omega), if_pos (by omega)]⟩
  have h8 : table < 8192 := by rw [ht]; split <;> omega
  have ho : s.pageOwner table = 1 := h.owner _ (by rw [ht]; split <;> omega)
  have hw : s.word table 0 = 0#64 := by rw [h.word]; grind
  rw [allocMapped_success h.current hf ⟨h8, hp⟩ ho hw]
  refine ⟨rfl, h.current, h.base, h.root, ?_, fun q hq => ?_, fun q hq => ?_, fun q => ?_⟩
  · exact (upd_ne _ _ _ _ (by omega)).trans h.first
  · have := h.type q hq
    simp only [setEntry, allocPage, upd]; grind
  · have := h.owner q
    simp only [setEntry, allocPage, upd]; grind
  · have := h.word q
    have e : upd s.word (top + 1) (fun _ => 0#64) q 0 = if q = top + 1 then 0#64 else s.word q 0 := by
      simp only [upd]; split <;> rfl
    simp only [setEntry, allocPage, upd2_apply, and_true, e, h.base]; grind

theorem pdpt_chain : pdpt.1 = 0 ∧ Chain pdpt.2 4 := start_chain.grow (by decide) (by decide) rfl start_chain.first rfl
theorem pd_chain : pd.1 = 0 ∧ Chain pd.2 5 :=
  pdpt_chain.2.grow (by decide) (by decide) rfl (pdpt_chain.2.type 4 (by decide)) rfl
theorem pt_chain : pt.1 = 0 ∧ Chain pt.2 6 :=
  pd_chain.2.grow (by decide) (by decide) rfl (pd_chain.2.type 5 (by decide)) rfl
theorem frame_chain : frame.1 = 0 ∧ Chain frame.2 7 :=
  pt_chain.2.grow (by decide) (by decide) rfl (pt_chain.2.type 6 (by decide)) rfl

/-- All four calls succeed. -/
theorem calls_succeed : pdpt.1 = 0 ∧ pd.1 = 0 ∧ pt.1 = 0 ∧ frame.1 = 0 :=
  ⟨pdpt_chain.1, pd_chain.1, pt_chain.1, frame_chain.1⟩

/-- The state after them satisfies the invariant. -/
theorem frame_inv : Inv frame.2 := allocFrame_inv (allocPt_inv (allocPd_inv (allocPdpt_inv start_inv)))

theorem Chain.step {s : State} (h : Chain s 7) (l q r : Nat) (hq : q = 1 ∧ r = 4 ∨ 4 ≤ q ∧ q < 7 ∧ r = q + 1) :
    s.walkFrom 0#64 (l + 1) (512 + q) true = s.walkFrom 0#64 l (512 + r) true := by
  have hw : s.word q 0 = makeEntry (512 + r) readWrite := by rw [h.word]; grind
  have hp : (makeEntry (512 + r) readWrite).present = true := by rw [present_makeEntry]; exact isPerm_readWrite.2
  have hx : (makeEntry (512 + r) readWrite).writable = true := by rw [writable_makeEntry]; decide
  have hf : (makeEntry (512 + r) readWrite).pfn = 512 + r := pfn_makeEntry (by omega) isPerm_readWrite
  have hi : vaIndex 0#64 l = 0 := by simp [vaIndex]
  have ht : target 512 (512 + q) = .page q := target_page (by omega)
  simp only [State.walkFrom, h.base, ht, hi, hw, hp, hx, hf, large_makeEntry _ isPerm_readWrite, Bool.false_eq_true,
    Bool.true_eq_false, false_and, if_false, Bool.and_self]

/-- The first page of init's address space is now its frame, page 7, and it can be written to. -/
theorem frame_walk : frame.2.walk 1 0#64 = .hit (512 + 7) true := by
  have h := frame_chain.2
  unfold State.walk
  rw [if_pos (.inl (by decide)), h.root, h.base, h.step 3 1 4 (by omega), h.step 2 4 5 (by omega), h.step 1 5 6 (by omega),
    h.step 0 6 7 (by omega)]
  rfl

/-- It is a frame of init, as the isolation theorem says that it must be. -/
theorem frame_own : frame.2.pageOwner 7 = 1 ∧ frame.2.pageType 7 = .frame :=
  ⟨frame_chain.2.owner 7 (by omega), frame_chain.2.type 7 (by omega)⟩

/-- Before the calls there was nothing at that address. -/
theorem start_walk : start.walk 1 0#64 = .fault := by
  have h := start_chain
  have hi : vaIndex 0#64 3 = 0 := by simp [vaIndex]
  have ht : target 512 (512 + 1) = .page 1 := target_page (by omega)
  have hw : start.word 1 0 = 0#64 := by rw [h.word]; rfl
  unfold State.walk
  rw [if_pos (.inl (by decide)), h.root, h.base]
  simp only [State.walkFrom, h.base, ht, hi, hw, present_zero, if_true]

end Lv6.Spec.Witness
