module
public import Lv6.Spec.Bounds
public import Lv6.Spec.Proc
/-!
# The counters are right

Every process has counters of what it owns, and every open file one of the descriptors that refer to it. Each equals the
plain number of such things in the kernel's tables. So a process is reaped only when it owns nothing any more, and a file is
closed exactly when the last descriptor goes.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {p : Nat}

/-! ## What is counted -/

/-- `count P n` is the length of the list of the numbers below `n` that satisfy `P`. -/
theorem count_eq_length (P : Nat → Prop) [DecidablePred P] (n : Nat) :
    count P n = ((List.range n).filter fun q => P q).length := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [List.range_succ, List.filter_append, List.length_append, ← ih]
    simp only [count, List.filter_cons, List.filter_nil, decide_eq_true_eq]
    split <;> rfl

theorem count_add (P : Nat → Prop) [DecidablePred P] (m k : Nat) :
    count P (m + k) = count P m + count (fun i => P (m + i)) k := by
  induction k with
  | zero => rfl
  | succ k ih => rw [← Nat.add_assoc, count, count, ih]; omega

/-- The references to a file are the sum, over all processes, of the descriptors that hold its number. -/
theorem references_eq_sum (ofile : Nat → Nat → Nat) (f : Nat) :
    references ofile f = ((List.range 64).map fun p => count (fun fd => ofile p fd = f) 16).sum := by
  have snoc : ∀ (l : List Nat) x, (l ++ [x]).sum = l.sum + x := fun l x => by
    induction l with
    | nil => simp
    | cons y l ih => rw [List.cons_append, List.sum_cons, List.sum_cons, ih, Nat.add_assoc]
  have key : ∀ n, count (fun i => ofile (i / 16) (i % 16) = f) (n * 16)
      = ((List.range n).map fun p => count (fun fd => ofile p fd = f) 16).sum := by
    intro n
    induction n with
    | zero => rfl
    | succ n ih =>
      rw [Nat.succ_mul, count_add, ih, List.range_succ, List.map_append, List.map_cons, List.map_nil, snoc]
      congr 1
      refine count_congr fun i hi => ?_
      rw [show (n * 16 + i) / 16 = n by omega, show (n * 16 + i) % 16 = i by omega]
  exact key 64

/-! ## The counters, one by one -/

/-- A process's page counter is the number of pages whose owner it is. -/
theorem nr_pages (h : Inv s) (hp : isPid p) : s.nrPages p = count (fun q => s.pageOwner q = p) 8192 := h.page.pages p hp

/-- Its DMA page counter is the number of DMA pages whose owner it is. -/
theorem nr_dmapages (h : Inv s) (hp : isPid p) : s.nrDmapages p = count (fun d => s.dmaOwner d = p) 512 :=
  h.device.dmapages p hp

/-- Its child counter is the number of processes whose parent it is. -/
theorem nr_children (h : Inv s) (hp : isPid p) : s.nrChildren p = count (fun c => s.ppid c = p) 64 := h.proc.children p hp

/-- Its descriptor counter is the number of its descriptors that are in use. -/
theorem nr_fds (h : Inv s) (hp : isPid p) : s.nrFds p = count (fun fd => s.ofile p fd ≠ 0) 16 := h.file.fds p hp.2

/-- Its device counter is the number of devices whose owner it is. -/
theorem nr_devs (h : Inv s) (hp : isPid p) : s.nrDevs p = count (fun d => s.pciOwner d = p) 65536 := h.device.devs p hp

/-- Its port counter is the number of I/O ports whose owner it is. -/
theorem nr_ports (h : Inv s) (hp : isPid p) : s.nrPorts p = count (fun i => s.portOwner i = p) 65536 := h.device.ports p hp

/-- Its vector counter is the number of interrupt vectors whose owner it is. -/
theorem nr_vectors (h : Inv s) (hp : isPid p) : s.nrVectors p = count (fun v => s.vectorOwner v = p) 256 :=
  h.device.vectors p hp

/-- Its interrupt route counter is the number of active entries of the interrupt-remapping table for its devices. -/
theorem nr_intremaps (h : Inv s) (hp : isPid p) :
    s.nrIntremaps p = count (fun i => s.intremapActive i ≠ 0 ∧ s.pciOwner (s.intremapDev i) = p) 8 :=
  h.device.intremaps p hp

/-- A file's reference counter is the number of descriptors, over all processes, that refer to the file. -/
theorem file_refcnt (h : Inv s) {f : Nat} (h0 : 0 < f) (hf : f < 128) :
    s.fileRefcnt f = ((List.range 64).map fun p => count (fun fd => s.ofile p fd = f) 16).sum := by
  rw [h.file.refs f h0 hf, references_eq_sum]

/-! ## What follows -/

/-- Nothing in the kernel's tables belongs to `p`. -/
structure OwnsNone (s : State) (p : Nat) : Prop where
  pages : ∀ q, q < 8192 → s.pageOwner q ≠ p
  dmapages : ∀ d, d < 512 → s.dmaOwner d ≠ p
  children : ∀ c, c < 64 → s.ppid c ≠ p
  fds : ∀ fd, fd < 16 → s.ofile p fd = 0
  devs : ∀ d, d < 65536 → s.pciOwner d ≠ p
  ports : ∀ i, i < 65536 → s.portOwner i ≠ p
  vectors : ∀ v, v < 256 → s.vectorOwner v ≠ p
  intremaps : ∀ i, i < 8 → s.intremapActive i ≠ 0 → s.pciOwner (s.intremapDev i) ≠ p

/-- All counters of a process are 0 exactly if nothing belongs to it. -/
theorem counters_zero (h : Inv s) (hp : isPid p) : ownsNothing s p ↔ OwnsNone s p := by
  unfold ownsNothing
  rw [nr_devs h hp, nr_children h hp, nr_fds h hp, nr_pages h hp, nr_dmapages h hp, nr_ports h hp, nr_vectors h hp,
    nr_intremaps h hp]
  simp only [count_eq_zero]
  constructor
  · rintro ⟨h1, h2, h3, h4, h5, h6, h7, h8⟩
    exact ⟨h4, h5, h2, fun fd hfd => Decidable.not_not.1 (h3 fd hfd), h1, h6, h7, fun i hi ha he => h8 i hi ⟨ha, he⟩⟩
  · rintro ⟨h4, h5, h2, h3, h1, h6, h7, h8⟩
    exact ⟨h1, h2, fun fd hfd => not_not_intro (h3 fd hfd), h4, h5, h6, h7, fun i hi ⟨ha, he⟩ => h8 i hi ha he⟩

/-- Nothing belongs to a slot that is not in use: a new process starts with nothing. -/
theorem unused_owns_none (h : Inv s) (hp : isPid p) (hu : s.state p = .unused) : OwnsNone s p := by
  have u := h.unused
  exact (counters_zero h hp).1 ⟨u.devs p hp.2 hu, u.children p hp.2 hu, u.fds p hp.2 hu, u.pages p hp.2 hu,
    u.dmapages p hp.2 hu, u.ports p hp.2 hu, u.vectors p hp.2 hu, u.intremaps p hp.2 hu⟩

/-- A process that is reaped leaves nothing behind. -/
theorem reap_leaves_nothing (h : Inv s) (hr : (reap s p).1 = 0) : OwnsNone s p := by
  unfold reap at hr
  repeat' split at hr
  all_goals first | (simp at hr; done) | skip
  exact (counters_zero h (by simp_all)).1 (by simp_all)

/-- A file is in use exactly if some descriptor refers to it. -/
theorem file_used (h : Inv s) {f : Nat} (h0 : 0 < f) (hf : f < 128) :
    s.fileType f ≠ .none ↔ ∃ p fd, p < 64 ∧ fd < 16 ∧ s.ofile p fd = f := by
  rw [Ne, h.file.used f h0 hf, h.file.refs f h0 hf, references, count_eq_zero]
  constructor
  · intro hn
    refine Classical.byContradiction fun hx => hn fun i hi e => hx ⟨i / 16, i % 16, by omega, by omega, e⟩
  · rintro ⟨p, fd, hp, hfd, e⟩ hn
    refine hn (p * 16 + fd) (by omega) ?_
    rw [show (p * 16 + fd) / 16 = p by omega, show (p * 16 + fd) % 16 = fd by omega]; exact e

end Lv6.Spec
