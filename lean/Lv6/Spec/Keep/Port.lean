module
public import Lv6.Spec.Keep.Page
public import Lv6.Spec.Port
/-!
# Keeping the invariant: I/O ports
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {port q : Nat}

/-- No overflow: nobody owns more ports than there are. -/
theorem Inv.ports_le (h : Inv s) : ∀ p, isPid p → s.nrPorts p ≤ 65536 := fun p hp => by
  rw [h.device.ports p hp]; exact count_le 65536
/-- The owner of a port owns a port. -/
theorem Inv.ports_pos (h : Inv s) : ∀ i, i < 65536 → isPid (s.portOwner i) → 1 ≤ s.nrPorts (s.portOwner i) :=
  fun i hi hp => by rw [h.device.ports _ hp]; exact count_pos hi rfl

/-! ## The bitmap -/

/-- Contents of kernel data do not matter to the tables. -/
theorem Inv.kernelData (h : Inv s) {words : Nat → Word} (hq : s.pageType q = .procData) :
    TableInv { s.mem with word := upd s.word q words } ∧ IommuInv { s.deviceMem with word := upd s.word q words } := by
  refine ⟨h.table.data (m := s.mem) fun r l _ _ hl => upd_ne _ _ _ _ ?_,
    h.iommu.page (by show (s.pageType q).iommuLevel = _; rw [hq]; rfl)⟩
  rintro rfl
  have e : (s.pageType r).level = some (l + 1) := hl
  rw [hq] at e; cases e

theorem Inv.allocFullPage (h : Inv s) (hq : isFree s q) : Inv (allocFullPage s q) := by
  have hr := h.current_running
  have h1 := h.allocPage (t := .procData) hq h.proc.pid (by rw [hr]; nofun) ⟨nofun, nofun⟩
  have ⟨ht, hi⟩ := h1.kernelData (words := ones) (upd_same _ _ _)
  have hb := h.bitmapData (word := (Spec.allocFullPage s q).word) fun r hx =>
    have hne : r ≠ q := by rintro rfl; rw [hq.2] at hx; cases hx
    (upd_ne _ _ _ _ hne).trans (upd_ne _ _ _ _ hne)
  exact { h1 with table := ht, iommu := hi, port := hb }

/-- Another page than the one that is given out stays free. -/
theorem isFree.allocFullPage {r : Nat} (hf : isFree s r) (hne : r ≠ q) : isFree (allocFullPage s q) r :=
  ⟨hf.1, (upd_ne _ _ _ _ hne).trans hf.2⟩

/-- A bit of a page full of ones is set. -/
theorem portBit_ones {word : Nat → Nat → Word} {a n : Nat} (hn : n < 0x18000)
    (hw : ∀ r, InBitmap a r → word r = ones) : portBit word a n = true := by
  rw [portBit, hw _ ⟨by omega, by omega⟩, ones, if_pos (by omega)]
  have : ∀ i : Fin 64, (0xffffffffffffffff#64).getLsbD i.1 = true := by decide
  exact this ⟨_, by omega⟩

/-- The current process, which has no I/O bitmap, gets one, full of ones, in three pages of its own. -/
theorem Inv.setIoBitmap (h : Inv s) {p a n r : Nat} (hp : p = s.current) (h0 : s.useIoBitmap p = 0)
    (hi : ∀ q, InBitmap a q → IsOwn s.pageType s.pageOwner p .procData q ∧ s.word q = ones ∧ q ≠ s.stack p ∧ q ≠ s.hvm p) :
    Inv { s with
      ioBitmapA := upd s.ioBitmapA p a, ioBitmapB := upd s.ioBitmapB p (a + 1), useIoBitmap := upd s.useIoBitmap p n
      ioBitmapRequest := r } := by
  have h1 : RootInv s.state s.root s.stack s.hvm (upd s.useIoBitmap p n) (upd s.ioBitmapA p a) (upd s.ioBitmapB p (a + 1))
      s.pageType s.pageOwner := by
    refine { h.root with bitmap := fun o ho hl hu => ?_, apart := fun o ho hl hu => ?_ } <;> by_cases e : o = p
    · subst e; simp only [upd_same]; exact ⟨trivial, fun q hq => (hi q hq).1⟩
    · simp only [upd_ne _ _ _ _ e] at hu ⊢; exact h.root.bitmap o ho hl hu
    · subst e; simp only [upd_same]; exact ⟨fun hx => (hi _ hx).2.2.1 rfl, fun hx => (hi _ hx).2.2.2 rfl⟩
    · simp only [upd_ne _ _ _ _ e] at hu ⊢; exact h.root.apart o ho hl hu
  have none : ∀ i, i < 65536 → s.portOwner i ≠ p := fun i hi e =>
    h.port.owner p i (hp ▸ h.proc.pid.2) (hp ▸ h.current_live) hi e h0
  have h2 : PortInv s.state (upd s.useIoBitmap p n) (upd s.ioBitmapA p a) s.word s.portOwner := by
    refine ⟨fun o i ho hl hu hi' => ?_, fun o i ho hl hu hi' => ?_, fun o i ho hl hi' eo => ?_⟩ <;> by_cases e : o = p
    · subst e
      simp only [upd_same, portBit_ones (by omega : i < 0x18000) fun r hr => (hi r hr).2.1, none i hi', Bool.true_eq_false]
    · simp only [upd_ne _ _ _ _ e] at hu ⊢; exact h.port.bits o i ho hl hu hi'
    · subst e; simp only [upd_same, (hi (a + 2) ⟨by omega, by omega⟩).2.1, ones, hi', if_true]
    · simp only [upd_ne _ _ _ _ e] at hu ⊢; exact h.port.last o i ho hl hu hi'
    · exact (none i hi' (eo.trans e)).elim
    · rw [upd_ne _ _ _ _ e]; exact h.port.owner o i ho hl hi' eo
  exact { h with root := h1, port := h2 }

theorem allocFullPage_fields : (allocFullPage s q).current = s.current ∧ (allocFullPage s q).useIoBitmap = s.useIoBitmap ∧
    (allocFullPage s q).stack = s.stack ∧ (allocFullPage s q).hvm = s.hvm ∧
    (allocFullPage s q).pageOwner = upd s.pageOwner q s.current ∧
    (allocFullPage s q).pageType = upd s.pageType q .procData ∧
    (allocFullPage s q).word = upd (upd s.word q fun _ => 0#64) q ones := ⟨rfl, rfl, rfl, rfl, rfl, rfl, rfl⟩

/-- After three full pages have been given out. -/
theorem fullPages (s : State) (a : Nat) {s₁ : State}
    (h : allocFullPage (allocFullPage (allocFullPage s a) (a + 1)) (a + 1 + 1) = s₁) :
    s₁.current = s.current ∧ s₁.useIoBitmap = s.useIoBitmap ∧ s₁.stack = s.stack ∧ s₁.hvm = s.hvm ∧
      ∀ q, InBitmap a q → s₁.pageOwner q = s.current ∧ s₁.pageType q = .procData ∧ s₁.word q = ones := by
  subst h
  simp only [allocFullPage_fields, true_and]
  intro q hq
  obtain rfl | rfl | rfl : q = a ∨ q = a + 1 ∨ q = a + 1 + 1 := by have := hq.1; have := hq.2; omega
  all_goals simp [upd] <;> omega

theorem allocIoBitmap_inv (h : Inv s) {q₁ q₂ q₃ : Nat} : Inv (allocIoBitmap s q₁ q₂ q₃).2 := by
  unfold allocIoBitmap
  dsimp only
  split
  · exact h
  next hq =>
  split
  · exact h
  next hu =>
  split
  · exact h
  next h1 =>
  split
  · exact h
  next h2 =>
  split
  · exact h
  next h3 =>
  obtain ⟨hq1, hq2, hq3, rfl, rfl⟩ := Decidable.of_not_not hq
  have h1 := Decidable.of_not_not h1
  have h2 := Decidable.of_not_not h2
  have h3 := Decidable.of_not_not h3
  have hs := ((h.allocFullPage h1).allocFullPage (h2.allocFullPage (q := q₁) (by omega))).allocFullPage
    ((h3.allocFullPage (q := q₁) (by omega)).allocFullPage (q := q₁ + 1) (by omega))
  have hst := (h.root.stackPage _ h.proc.pid.2 h.current_live).2.2
  have hhv := (h.root.hvmPage _ h.proc.pid.2 h.current_live).2.2
  generalize hf : allocFullPage (allocFullPage (allocFullPage s q₁) (q₁ + 1)) (q₁ + 1 + 1) = s₁ at hs ⊢
  obtain ⟨e1, e2, e3, e4, e5⟩ := fullPages s q₁ hf
  refine hs.setIoBitmap e1.symm (e2 ▸ Decidable.of_not_not hu) fun q hq => ?_
  obtain ⟨o1, o2, o3⟩ := e5 q hq
  have hfree : s.pageType q = .free := by
    obtain rfl | rfl | rfl : q = q₁ ∨ q = q₁ + 1 ∨ q = q₁ + 1 + 1 := by have := hq.1; have := hq.2; omega
    all_goals first | exact h1.2 | exact h2.2 | exact h3.2
  refine ⟨⟨by have := hq.2; omega, o1, o2⟩, o3, fun e => ?_, fun e => ?_⟩
  · rw [← e3, ← e, hfree] at hst; cases hst
  · rw [← e4, ← e, hfree] at hhv; cases hhv

/-! ## Ports -/

/-- A port changes hands, and the counters and the bitmaps follow. -/
theorem Inv.setPort (h : Inv s) {p : Nat} {nr : Nat → Nat} {word : Nat → Nat → Word} (hi : isPort port) (hp : p < 64)
    (hc : ∀ q, isPid q → nr q + (if s.portOwner port = q then 1 else 0) = s.nrPorts q + (if p = q then 1 else 0))
    (hu : ∀ q, q < 64 → s.state q = .unused → nr q = 0)
    (hw : TableInv { s.mem with word := word } ∧ IommuInv { s.deviceMem with word := word })
    (hb : PortInv s.state s.useIoBitmap s.ioBitmapA word (upd s.portOwner port p)) :
    Inv { s with word := word, portOwner := upd s.portOwner port p, nrPorts := nr } := by
  refine { h with
    device := { h.device with port := fun i hi => ?_, ports := fun q hq => ?_ }
    unused := { h.unused with ports := hu }, table := hw.1, iommu := hw.2, port := hb }
  · have := h.device.port i hi; simp only [upd]; grind
  · have h1 := hc q hq
    have h2 := h.device.ports q hq
    have h3 := count_upd (f := s.portOwner) (v := p) (p := q) hi
    show nr q = count (fun i => upd s.portOwner port p i = q) 65536
    omega

theorem getLsbD_clear (w : Word) {i k : Nat} (hi : i < 64) :
    (w &&& ~~~(1#64 <<< k)).getLsbD i = (w.getLsbD i && decide (i ≠ k)) := by
  have h : i ≠ k ↔ i < k ∨ i - k ≠ 0 := by omega
  rw [show decide (i ≠ k) = decide (i < k ∨ i - k ≠ 0) from decide_eq_decide.2 h]
  simp [hi]

/-- The bit of a port is cleared, and no other. -/
theorem portBit_allow {a n : Nat} : portBit (allowPort s (a + port / 0x8000) port).word a n =
    (portBit s.word a n && decide (n ≠ port)) := by
  simp only [portBit, allowPort, upd2_apply]
  split
  · next e =>
    rw [getLsbD_clear _ (Nat.mod_lt _ (by decide)), ← e.1, ← e.2]
    exact congrArg _ (decide_eq_decide.2 (by omega))
  · next e =>
    have : n ≠ port := by rintro rfl; exact e ⟨rfl, rfl⟩
    simp [this]

theorem allocPort_inv (h : Inv s) : Inv (allocPort s port).2 := by
  unfold allocPort
  dsimp only
  split
  · exact h
  next hi =>
  have hi : port < 65536 := Decidable.of_not_not hi
  split
  · exact h
  next h0 =>
  split
  · exact h
  next hb =>
  have h0 := Decidable.of_not_not h0
  have hr := h.current_running
  have hp := h.proc.pid
  obtain ⟨eb, hown⟩ := h.root.bitmap _ hp.2 h.current_live hb
  have eq : (if port < 0x8000 then s.ioBitmapA s.current else s.ioBitmapB s.current) =
    s.ioBitmapA s.current + port / 0x8000 := by rw [eb]; unfold isPort at hi; split <;> omega
  rw [eq]
  have hq := hown (s.ioBitmapA s.current + port / 0x8000) ⟨by omega, by omega⟩
  -- the bitmap of another process lies elsewhere
  have other : ∀ {o r}, o < 64 → s.live o → s.useIoBitmap o ≠ 0 → InBitmap (s.ioBitmapA o) r → o ≠ s.current →
      (allowPort s (s.ioBitmapA s.current + port / 0x8000) port).word r = s.word r := fun ho hl hu hr hne =>
    upd_ne _ _ _ _ fun e => hne (((h.root.bitmap _ ho hl hu).2 _ hr).2.1.symm.trans (e ▸ hq.2.1))
  refine h.setPort hi hp.2 (fun q hq => ?_) (fun q hq hu => ?_) (h.kernelData hq.2.2)
    ⟨fun o n ho hl hu hn => ?_, fun o i ho hl hu hi' => ?_, fun o n ho hl hn e => ?_⟩
  · have := hq.1; simp only [allowPort, upd, h0]; grind
  · exact (upd_ne _ _ _ _ (by rintro rfl; rw [hr] at hu; cases hu)).trans (h.unused.ports q hq hu)
  · show portBit (allowPort s _ port).word _ n = _ ↔ _
    have h1 := h.port.bits o n ho hl hu hn
    by_cases e : o = s.current
    · subst e; rw [portBit_allow]; simp only [upd]; by_cases en : n = port <;> simp [en, h1]
    · have := h.live_ne_zero hl
      rw [portBit, other ho hl hu ⟨by omega, by omega⟩ e, ← portBit, h1]; simp only [upd]; grind
  · refine Eq.trans ?_ (h.port.last o i ho hl hu hi')
    by_cases e : o = s.current
    · subst e; exact congrFun (upd_ne _ _ _ _ (by omega)) i
    · exact congrFun (other ho hl hu ⟨by omega, by omega⟩ e) i
  · by_cases en : n = port
    · rw [en, upd_same] at e; exact e ▸ hb
    · rw [upd_ne _ _ _ _ en] at e; exact h.port.owner o n ho hl hn e

theorem reclaimPort_inv (h : Inv s) : Inv (reclaimPort s port).2 := by
  unfold reclaimPort
  dsimp only
  repeat' split
  all_goals try exact h
  next hi hp hz =>
  have hi : port < 65536 := Decidable.of_not_not hi
  have hp := Decidable.of_not_not hp
  refine h.setPort hi (by omega) (fun q hq => ?_) (fun q hq hu => ?_) ⟨h.table, h.iommu⟩
    (h.port.step (fun _ _ hl => .inl ⟨hl, rfl, rfl⟩) (fun _ _ _ _ _ _ => rfl) fun q i _ hl _ => ?_)
  · have := hq.1; have := h.ports_pos port hi hp; simp only [upd]; grind
  · have := h.unused.ports q hq hu; simp only [upd]; grind
  · have := h.live_ne_zero hl; simp only [upd]; grind [ProcState.isLive]

end Lv6.Spec
