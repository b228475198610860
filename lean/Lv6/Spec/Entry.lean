module
public import Lv6.Spec.Word
/-!
# The bits of an entry

What becomes of the interesting bits of a table entry when it is made from a frame number and permissions, and when the
processor marks it as accessed or dirty.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

theorem isPerm.bit {perm : Word} (h : isPerm perm) (i : Nat) (hi : permMask.getLsbD i = false) : perm.getLsbD i = false := by
  by_cases h64 : i < 64
  · have : (perm &&& ~~~permMask).getLsbD i = (0#64).getLsbD i := by rw [h.1]
    simpa only [BitVec.getLsbD_and, BitVec.getLsbD_not, h64, hi, decide_true, Bool.true_and, Bool.not_false,
      Bool.and_true, BitVec.getLsbD_zero] using this
  · exact BitVec.getLsbD_of_ge _ _ (by omega)

theorem present_makeEntry (n : Nat) (perm : Word) : (makeEntry n perm).present = perm.present := by
  simp [makeEntry, Word.present]
theorem writable_makeEntry (n : Nat) (perm : Word) : (makeEntry n perm).writable = perm.writable := by
  simp [makeEntry, Word.writable]
theorem large_makeEntry (n : Nat) {perm : Word} (h : isPerm perm) : (makeEntry n perm).large = false := by
  have := h.bit 7 (by decide)
  simp_all [makeEntry, Word.large]
theorem global_makeEntry (n : Nat) {perm : Word} (h : isPerm perm) : (makeEntry n perm).global = false := by
  have := h.bit 8 (by decide)
  simp_all [makeEntry, Word.global]

theorem permMask_pfn (i : Nat) (h1 : 12 ≤ i) (h2 : i < 52) : permMask.getLsbD i = false := by
  have : ∀ i : Fin 64, 12 ≤ i.1 → i.1 < 52 → permMask.getLsbD i.1 = false := by decide
  exact this ⟨i, by omega⟩ h1 h2

theorem pfn_makeEntry_of {n : Nat} {perm : Word} (hn : n < 2 ^ 40) (h : ∀ i, 12 ≤ i → i < 52 → perm.getLsbD i = false) :
    (makeEntry n perm).pfn = n := by
  unfold Word.pfn
  apply Nat.eq_of_testBit_eq
  intro i
  rw [Nat.testBit_mod_two_pow, Nat.testBit_shiftRight, BitVec.testBit_toNat]
  by_cases hi : i < 40
  · have hp : perm.getLsbD (12 + i) = false := h _ (by omega) (by omega)
    simp only [makeEntry, BitVec.getLsbD_or, BitVec.getLsbD_shiftLeft, BitVec.getLsbD_ofNat, hi, hp]
    have : 12 + i < 64 := by omega
    have h3 : i < 64 := by omega
    simp [this, h3]
  · have : n.testBit i = false := Nat.testBit_lt_two_pow (Nat.lt_of_lt_of_le hn (Nat.pow_le_pow_right (by omega) (by omega)))
    simp [hi, this]

/-- An entry points at the frame that it was made for. -/
theorem pfn_makeEntry {n : Nat} {perm : Word} (hn : n < 2 ^ 40) (h : isPerm perm) : (makeEntry n perm).pfn = n :=
  pfn_makeEntry_of hn fun i h1 h2 => h.bit i (permMask_pfn i h1 h2)

/-! ## Entries of IOMMU tables -/

theorem isIommuPerm.bit {perm : Word} (h : isIommuPerm perm) (i : Nat) (hi : 2 ≤ i) : perm.getLsbD i = false := by
  by_cases h64 : i < 64
  · have hm : iommuPermMask.getLsbD i = false := by
      have : ∀ i : Fin 64, 2 ≤ i.1 → iommuPermMask.getLsbD i.1 = false := by decide
      exact this ⟨i, h64⟩ hi
    have : (perm &&& ~~~iommuPermMask).getLsbD i = (0#64).getLsbD i := by rw [h]
    simpa only [BitVec.getLsbD_and, BitVec.getLsbD_not, h64, hm, decide_true, Bool.true_and, Bool.not_false,
      Bool.and_true, BitVec.getLsbD_zero] using this
  · exact BitVec.getLsbD_of_ge _ _ (by omega)

/-- An IOMMU table entry leads to the frame that it was made for. -/
theorem pfn_makeIommuEntry {n : Nat} {perm : Word} (hn : n < 2 ^ 40) (h : isIommuPerm perm) : (makeEntry n perm).pfn = n :=
  pfn_makeEntry_of hn fun i h1 _ => h.bit i (by omega)
theorem large_makeIommuEntry (n : Nat) {perm : Word} (h : isIommuPerm perm) : (makeEntry n perm).large = false := by
  have := h.bit 7 (by decide)
  simp_all [makeEntry, Word.large]
theorem deviceReads_makeEntry (n : Nat) (perm : Word) : (makeEntry n perm).deviceReads = perm.deviceReads := by
  simp [makeEntry, Word.deviceReads]
theorem deviceWrites_makeEntry (n : Nat) (perm : Word) : (makeEntry n perm).deviceWrites = perm.deviceWrites := by
  simp [makeEntry, Word.deviceWrites]

/-! ## Entries that lead nowhere, and entries that the processor has marked -/

theorem present_zero : Word.present 0#64 = false := by decide

namespace SameButAD
variable {e e' : Word}

theorem refl (e : Word) : SameButAD e e := Eq.refl _

theorem bit (h : SameButAD e e') (i : Nat) (hi : adMask.getLsbD i = false) : e'.getLsbD i = e.getLsbD i := by
  by_cases h64 : i < 64
  · have : (e &&& ~~~adMask).getLsbD i = (e' &&& ~~~adMask).getLsbD i := by rw [h]
    simpa only [BitVec.getLsbD_and, BitVec.getLsbD_not, h64, hi, decide_true, Bool.true_and, Bool.not_false,
      Bool.and_true] using this.symm
  · rw [BitVec.getLsbD_of_ge _ _ (by omega), BitVec.getLsbD_of_ge _ _ (by omega)]

theorem present (h : SameButAD e e') : e'.present = e.present := h.bit 0 (by decide)
theorem writable (h : SameButAD e e') : e'.writable = e.writable := h.bit 1 (by decide)
theorem large (h : SameButAD e e') : e'.large = e.large := h.bit 7 (by decide)
theorem global (h : SameButAD e e') : e'.global = e.global := h.bit 8 (by decide)

theorem adMask_pfn (i : Nat) (h : 12 ≤ i) : adMask.getLsbD i = false := by
  by_cases h64 : i < 64
  · have : ∀ i : Fin 64, 12 ≤ i.1 → adMask.getLsbD i.1 = false := by decide
    exact this ⟨i, h64⟩ h
  · exact BitVec.getLsbD_of_ge _ _ (by omega)

theorem pfn (h : SameButAD e e') : e'.pfn = e.pfn := by
  unfold Word.pfn
  apply Nat.eq_of_testBit_eq
  intro i
  simp only [Nat.testBit_mod_two_pow, Nat.testBit_shiftRight, BitVec.testBit_toNat]
  rw [h.bit _ (adMask_pfn _ (by omega))]

end SameButAD

end Lv6.Spec
