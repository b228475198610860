module
public import Lv6.Refine.Boot
/-!
# Where the kernel starts
-/
set_option compiler.extract_closed false
@[expose] public section

open Aeneas Aeneas.Std Result

namespace Lv6.Code

/-- The kernel state in memory that is all zero: each number is 0, and each enumeration has its first value. -/
noncomputable def zeroed : state.Kernel where
  pages := default
  dma_pages := default
  page_desc := default
  procs := default
  files := default
  devices := default
  dma := default
  pci := default
  pci_pages := default
  vectors := default
  intremaps := default
  ports := default
  base := 0#u64
  current := 0#u64
  requests := ⟨default, 0#u64, 0#u64, 0#u64, 0#u64⟩

/-- It is where the specification starts, so `boot_refines` speaks of something. -/
theorem abs_zeroed : abs zeroed = Spec.zero := by
  unfold abs Spec.zero
  congr 1 <;> first
    | rfl
    | (funext p
       simp only [zeroed, dmaOwnerOf, dmaTypeOf, dmaWordOf, fileOffsetOf, fileOmodeOf, fileRefcntOf, fileTypeOf, fileValueOf,
      freeNextOf, freePrevOf, hvmOf, intrOf, intremapActiveOf, intremapDevOf, intremapVectorOf, ioBitmapAOf,
      ioBitmapBOf, ipcFdOf, ipcFromOf, ipcPageOf, ipcSizeOf, ipcValOf, killedOf, nameOf, natsOf, nextOf,
      nrChildrenOf, nrDevsOf, nrDmapagesOf, nrFdsOf, nrIntremapsOf, nrPagesOf, nrPortsOf, nrVectorsOf, ofileOf,
      pageOwnerOf, pageTypeOf, pciOwnerOf, pciPageConfigOf, pciPageDevOf, pciPageValidOf, pciPresentOf, pciRootOf,
      ppidOf, prevOf, rootOf, stackOf, stateOf, useIoBitmapOf, wordOf,
         Array.get_default]
       first
         | rfl
         | (funext i
            first
              | (show natsOf default i = _; simp only [natsOf, Array.get_default]; rfl)
              | (show wordsOf default i = _; simp only [wordsOf, Array.get_default]; rfl)))

/-- Booting from memory that is all zero, at a page frame where the kernel may lie, succeeds, and the invariant holds. -/
theorem boot_zeroed (base : U64) (hb : 1 ≤ base.val) (hb' : base.val + 8778 ≤ 0xa0000) :
    ∃ k, boot.boot zeroed base = ok (0#u64, k) ∧ abs k = Spec.initial base.val ∧ Inv k := by
  obtain ⟨r, k, e, h, hi⟩ := boot_refines zeroed abs_zeroed base
  have h0 : r.val = 0 := by rw [← Spec.boot_ok (s := Spec.zero) hb hb', h]
  have hr : r = 0#u64 := UScalar.eq_iff.2 (by rw [h0]; rfl)
  exact ⟨k, hr ▸ e, by unfold Spec.initial; rw [h], hi h0⟩

end Lv6.Code
