module
public import Aeneas.Lemmas.Loop
public import Lv6.Refine.Zero
public import Lv6.Code.Scan
public import Lv6.Spec.Keep.Scan
/-!
# Filling the device tables

The findings of the scan are an argument like that of a system call: all of it may be anything.
-/
set_option compiler.extract_closed false
@[expose] public section
noncomputable section

open Aeneas Aeneas.Std Result

namespace Lv6.Code

/-- The findings of the scan as the specification sees them. -/
def scan.Scan.abs (sc : scan.Scan) : Spec.Scan where
  count := sc.count.val
  iommu := sc.iommu.val
  ecam := sc.ecam.val
  devid n := (sc.funcs.get n).devid.val
  classCode n := (sc.funcs.get n).«class».val
  barBase n := natsOf (sc.funcs.get n).bar_base
  barSize n := natsOf (sc.funcs.get n).bar_size

theorem scan.CHIPSET_FRAME_val : scan.CHIPSET_FRAME.val = 1043456 := by unfold scan.CHIPSET_FRAME; rfl
theorem scan.CLASS_BRIDGE_val : scan.CLASS_BRIDGE.val = 6 := by unfold scan.CLASS_BRIDGE; rfl
theorem bool_bne (a b : Bool) : (a != b) = true ↔ ¬ a = b := by cases a <;> cases b <;> decide
theorem and_255 (x : Nat) : x &&& 255 = x % 256 := and_low x 8 _ rfl

/-- Masks, flags and constants of the scan. -/
def scanBits := And.intro @bool_bne <| And.intro @UScalar.val_and <| And.intro @and_4095 <| And.intro @and_255 <|
  And.intro @scan.CHIPSET_FRAME_val @scan.CLASS_BRIDGE_val

macro_rules | `(tactic| wp) => `(tactic| simp only [↓wpMonad, ↓wpArray, ↓wpArith, wpWord, wpCast, wpBool, scanBits,
  Lv6.Code.constants, Lv6.Code.fieldReads, Lv6.Code.fieldsAbs, if_true, if_false, Bool.not_eq_false, Nat.reduceMod,
  Nat.reduceLT, Nat.reducePow, Int.reduceBmod, Int.reduceToNat, Int.reduceLE])

macro_rules | `(tactic| leaf) => `(tactic| try simp only [*, leafLogic, Lv6.Code.fieldWrites, Lv6.Code.fieldReads,
  Lv6.Code.fieldsAbs, Lv6.Code.constants, Lv6.Code.abs_mk, U16.val_lit, U64.val_lit, Usize.val_lit, U64.val_cast_usize,
  U64.val_cast_u16, Lv6.Spec.upd_same, Lv6.Spec.upd_upd, Lv6.Spec.upd_of_eq, Bool.not_eq_true, Bool.not_eq_false,
  Nat.reduceMod, Nat.reduceLT, reduceCtorEq])

/-! ## Pages of the PCI hole -/

theorem claim_frame_code (k : state.Kernel) (pfn devid : U64) (config : Bool) (hd : devid.val < 65536) :
    holds (scan.claim_frame k pfn devid config) fun k' =>
      abs k' = Spec.claimFrame (abs k) pfn.val devid.val config := by
  have : devid.val % 65536 = devid.val := Nat.mod_eq_of_lt hd
  have : ¬ 1043456 ≤ pfn.val → pfn.val - 655360 < 393216 := by omega
  unfold scan.claim_frame Spec.claimFrame
  run

/-! ## Loops over steps of the specification -/

/-- A loop of `n` rounds, of which round `i` does to the state what `f i` says. `step` unfolds one round: it may end with
`done`, or do its work and go on with `more`. -/
theorem steps_code (n : Nat) (f : Nat → Spec.State → Spec.State) (loop : state.Kernel → U64 → Result state.Kernel)
    (step : ∀ k i (Q : state.Kernel → Prop), i.val ≤ n → (done : i.val = n → Q k) →
      (more : ∀ k' j, i.val < n → j.val = i.val + 1 → abs k' = f i.val (abs k) → holds (loop k' j) Q) → holds (loop k i) Q)
    (k : state.Kernel) : holds (loop k 0#u64) fun k' => abs k' = Spec.steps n f (abs k) := by
  have h0 : (0#u64).val = 0 := U64.val_lit 0
  refine count_up (n := n) (C := fun k' i => abs k' = Spec.steps i.val f (abs k) →
    holds (loop k' i) fun k' => abs k' = Spec.steps n f (abs k)) (fun k' i hi ih h => ?_) k 0#u64 (by omega)
    (by rw [h0]; rfl)
  exact step k' i _ hi (fun e => e ▸ h) fun b j hj e hb => ih b j hj e (by rw [hb, h, e]; rfl)

/-- One round of a loop over steps, whose work is the call that `c` is about. -/
macro "round " c:term:max done:ident more:ident : tactic => `(tactic|
  (wp; leaves <;> (try call $c) <;>
    first | omega | exact $done (by omega) | (refine $more _ _ (by omega) (by omega) ?_; simp only [*])))

theorem claim_bar_loop_code (k : state.Kernel) (devid first len : U64) (hd : devid.val < 65536)
    (hf : first.val + len.val < 2 ^ 64) :
    holds (scan.claim_bar_loop k devid first len 0#u64) fun k' =>
      abs k' = Spec.steps len.val (fun i s => Spec.claimFrame s (first.val + i) devid.val false) (abs k) := by
  refine steps_code _ _ (scan.claim_bar_loop · devid first len) (fun k i Q hi done more => ?_) k
  dsimp only
  unfold scan.claim_bar_loop
  round claim_frame_code done more

theorem claim_bar_code (k : state.Kernel) (devid base size : U64) (hd : devid.val < 65536) :
    holds (scan.claim_bar k devid base size) fun k' =>
      abs k' = Spec.claimBar (abs k) devid.val base.val size.val := by
  unfold scan.claim_bar Spec.claimBar
  wp; leaves <;> (try call claim_bar_loop_code) <;> leaf_auto

theorem claim_pages_loop_code (k : state.Kernel) (func : state.PciFunc) (hd : func.devid.val < 65536) :
    holds (scan.claim_pages_loop k func 0#u64) fun k' => abs k' = Spec.steps 6
      (fun i s => Spec.claimBar s func.devid.val (natsOf func.bar_base i) (natsOf func.bar_size i)) (abs k) := by
  refine steps_code _ _ (scan.claim_pages_loop · func) (fun k i Q hi done more => ?_) k
  dsimp only
  unfold scan.claim_pages_loop
  simp only [← natsOf_get] at more
  round claim_bar_code done more

/-! ## Functions -/

variable (sc : scan.Scan)

theorem scan.Scan.abs_fields (n : Nat) : sc.abs.iommu = sc.iommu.val ∧ sc.abs.devid n = (sc.funcs.get n).devid.val ∧
    sc.abs.classCode n = (sc.funcs.get n).«class».val := ⟨rfl, rfl, rfl⟩

theorem claim_pages_code (k : state.Kernel) (n : Nat) (hd : (sc.funcs.get n).devid.val < 65536) :
    holds (scan.claim_pages k (sc.funcs.get n) sc.ecam) fun k' => abs k' = Spec.claimPages (abs k) sc.abs n := by
  have he : sc.ecam.val < 2 ^ 64 := sc.ecam.val_lt
  unfold scan.claim_pages Spec.claimPages scan.Scan.abs
  wp; leaves <;> (try call claim_frame_code) <;> (try call claim_pages_loop_code) <;> leaf_auto

theorem add_function_code (k : state.Kernel) (n : U64) (hn : n.val < 64) (hd : (sc.funcs.get n.val).devid.val < 65536) :
    holds (scan.add_function k sc n) fun k' => abs k' = Spec.addFunction sc.abs n.val (abs k) := by
  have hs := scan.Scan.abs_fields sc n.val
  unfold scan.add_function Spec.addFunction
  wp; leaves
  all_goals try leaf_auto
  · next h x hx hc _ =>
    refine holds_mono (claim_pages_code sc _ n.val hd) fun k' h' => ?_
    rw [h', hs.1, if_neg h, hs.2.2, if_neg (by rw [← hx]; exact hc), hs.2.1]
    refine congrArg (Spec.claimPages · _ _) ?_
    leaf
  · next h x hx hc =>
    rw [hs.1, if_neg h, hs.2.2, if_pos (by rw [← hx]; exact hc)]
    leaf

theorem are_functions_loop_code : ∀ (b : Bool) (i : U64), i.val ≤ sc.count.val → sc.count.val ≤ 64 →
    holds (scan.are_functions_loop sc b i) fun r => r = true ↔
      b = true ∧ ∀ j, i.val ≤ j → j < sc.count.val → (sc.funcs.get j).devid.val < 65536 := by
  refine count_up fun b i hi ih hc => ?_
  unfold scan.are_functions_loop
  wp; leaves <;> (try call ih) <;> try omega
  all_goals grind

theorem are_functions_code (hc : sc.count.val ≤ 64) :
    holds (scan.are_functions sc) fun r => r = true ↔ ¬ ∃ n, n < sc.abs.count ∧ 65536 ≤ sc.abs.devid n := by
  have h0 : (0#u64).val = 0 := U64.val_lit 0
  refine holds_mono (are_functions_loop_code sc true 0#u64 (by omega) hc) fun r h => ?_
  rw [h, h0]; simp only [scan.Scan.abs]; grind

theorem boot_devices_loop_code (k : state.Kernel) (hc : sc.count.val ≤ 64)
    (hd : ∀ j, j < sc.count.val → (sc.funcs.get j).devid.val < 65536) :
    holds (scan.boot_devices_loop k sc.count sc.iommu sc.ecam sc.funcs 0#u64) fun k' =>
      abs k' = Spec.steps sc.count.val (Spec.addFunction sc.abs) (abs k) := by
  refine steps_code _ _ (scan.boot_devices_loop · sc.count sc.iommu sc.ecam sc.funcs) (fun k i Q hi done more => ?_) k
  have hf := add_function_code sc k i
  dsimp only
  unfold scan.boot_devices_loop
  round hf done more

/-! ## Vectors and ports -/

theorem is_device_vector_code (v : U64) :
    holds (scan.is_device_vector v) fun b => Spec.isDeviceVector v.val ↔ b = true := by
  unfold scan.is_device_vector Spec.isDeviceVector
  wp; leaves <;> (try simp only [iff_false]) <;> omega

/-- The state after the loop has kept the vectors from `a` on. -/
def keepVectors (s : Spec.State) (a : Nat) : Spec.State :=
  { s with
    vectorOwner := fun v => if a ≤ v ∧ v < 256 ∧ ¬ Spec.isDeviceVector v then Spec.kernel else s.vectorOwner v }

theorem reserve_vectors_loop_code : ∀ (k : state.Kernel) (v : U64), v.val ≤ 256 →
    holds (scan.reserve_vectors_loop k v) fun k' => abs k' = keepVectors (abs k) v.val := by
  refine count_up fun k v hv ih => ?_
  unfold scan.reserve_vectors_loop
  wp; leaves <;> (try call is_device_vector_code) <;> (try call ih) <;> try omega
  all_goals first
    | (have h : ∀ j, ¬ (v.val ≤ j ∧ j < 256 ∧ ¬ Spec.isDeviceVector j) := by omega
       simp only [keepVectors, h, if_false])
    | (leaf; simp only [keepVectors, Spec.State.mk.injEq, true_and, and_true]; grind [Spec.upd])

theorem is_console_port_code (i : U64) :
    holds (scan.is_console_port i) fun b => Spec.isConsolePort i.val ↔ b = true := by
  unfold scan.is_console_port Spec.isConsolePort
  wp; leaves <;> (try simp only [iff_true]) <;> omega

/-- The state after the loop has kept the ports from `a` on. -/
def keepPorts (s : Spec.State) (a : Nat) : Spec.State :=
  { s with portOwner := fun i => if a ≤ i ∧ i < 65536 ∧ ¬ Spec.isConsolePort i then Spec.kernel else s.portOwner i }

theorem reserve_ports_loop_code : ∀ (k : state.Kernel) (i : U64), i.val ≤ 65536 →
    holds (scan.reserve_ports_loop k i) fun k' => abs k' = keepPorts (abs k) i.val := by
  refine count_up fun k i hi ih => ?_
  unfold scan.reserve_ports_loop
  wp; leaves <;> (try call is_console_port_code) <;> (try call ih) <;> try omega
  all_goals first
    | (have h : ∀ j, ¬ (i.val ≤ j ∧ j < 65536 ∧ ¬ Spec.isConsolePort j) := by omega
       simp only [keepPorts, h, if_false])
    | (leaf; simp only [keepPorts, Spec.State.mk.injEq, true_and, and_true]; grind [Spec.upd])

/-! ## The whole -/

theorem boot_devices_code (k : state.Kernel) :
    holds (scan.boot_devices k sc) fun (r, k') => Spec.bootDevices (abs k) sc.abs = (r.val, abs k') := by
  have h0 : (0#u64).val = 0 := U64.val_lit 0
  have hE := lv6_abi.errno.EINVAL_val
  unfold scan.boot_devices
  wp; leaves
  · next h => rw [Spec.bootDevices, if_pos (show 64 < sc.abs.count from h)]
  next hc =>
  have hc' : ¬ 64 < sc.abs.count := hc
  refine holds_mono (are_functions_code sc (by omega)) fun b hb => ?_
  leaves
  · next h h1 => rw [Spec.bootDevices, if_neg hc', if_neg (hb.1 h), if_pos (show sc.abs.ecam % 4096 ≠ 0 from h1)]
  · next h h1 =>
    refine holds_mono (reserve_vectors_loop_code k 0#u64 (by omega)) fun k₁ e₁ => ?_
    refine holds_mono (reserve_ports_loop_code k₁ 0#u64 (by omega)) fun k₂ e₂ => ?_
    have e₂ : abs k₂ = Spec.reserve (abs k) := by
      rw [e₂, e₁, h0]; simp only [keepVectors, keepPorts, Spec.reserve, Nat.zero_le, true_and]
    have hd : ∀ j, j < sc.count.val → (sc.funcs.get j).devid.val < 65536 := fun j hj =>
      Nat.lt_of_not_le fun h2 => hb.1 h ⟨j, hj, h2⟩
    refine holds_mono (boot_devices_loop_code sc k₂ (by omega) hd) fun k₃ e₃ => ?_
    rw [Spec.bootDevices, if_neg hc', if_neg (hb.1 h), if_neg (show ¬ sc.abs.ecam % 4096 ≠ 0 from not_not_intro h1), e₃, e₂]
    rfl
  · next h => rw [Spec.bootDevices, if_neg hc', if_pos (Classical.byContradiction fun h' => by rw [hb.2 h'] at h; cases h)]

/-- Filling the device tables does what the specification says, whatever the scan has found, and keeps the invariant, as
long as nobody has claimed a device, a vector or a port; and then nobody has afterwards. -/
theorem boot_devices_refines (k : state.Kernel) (hk : Inv k) (hn : Spec.Unclaimed (abs k)) :
    ∃ r k', scan.boot_devices k sc = ok (r, k') ∧ Inv k' ∧ Spec.Unclaimed (abs k') ∧
      Spec.bootDevices (abs k) sc.abs = (r.val, abs k') := by
  obtain ⟨⟨r, k'⟩, e, h⟩ := holds_iff.1 (boot_devices_code sc k)
  have ⟨h1, h2⟩ := Spec.bootDevices_inv hk hn sc.abs
  rw [h] at h1 h2
  exact ⟨r, k', e, h1, h2, h⟩

/-- From memory that is all zero, booting and then filling the device tables, whatever the scan has found, succeeds or says
that the findings make no sense; the invariant holds, and nobody owns a device, a vector or a port. -/
theorem boot_with_devices (base : U64) (hb : 1 ≤ base.val) (hb' : base.val + 8778 ≤ 0xa0000) :
    ∃ k r k', boot.boot zeroed base = ok (0#u64, k) ∧ scan.boot_devices k sc = ok (r, k') ∧ (r.val = 0 ∨ r.val = Spec.EINVAL) ∧
      Inv k' ∧ Spec.Unclaimed (abs k') ∧ Spec.bootDevices (Spec.initial base.val) sc.abs = (r.val, abs k') := by
  obtain ⟨k, e, hk, hi⟩ := boot_zeroed base hb hb'
  obtain ⟨r, k', e', hi', hu, h⟩ := boot_devices_refines sc k hi (hk ▸ Spec.initial_unclaimed hb hb')
  refine ⟨k, r, k', e, e', ?_, hi', hu, hk ▸ h⟩
  have hr : r.val = (Spec.bootDevices (abs k) sc.abs).1 := by rw [h]
  rw [hr, Spec.bootDevices]
  repeat' split
  all_goals first | exact .inl rfl | exact .inr rfl

end Lv6.Code
