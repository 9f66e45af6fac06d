import Dynamics

extension PhotometricModel {
  /// The kind and its parameters, as a table keeps them.
  private var record: (kind: Int64, parameters: InlineArray<3, Double>) {
    switch self {
    case .hg(let h, let g): (1, [h, g, 0])
    case .hg12(let h, let g12): (2, [h, g12, 0])
    case .hg12Muinonen(let h, let g12): (3, [h, g12, 0])
    case .hg1g2(let h, let g1, let g2): (4, [h, g1, g2])
    case .comet(let m1, let k1): (5, [m1, k1, 0])
    case .nucleus(let m2, let k2, let coefficient): (6, [m2, k2, coefficient])
    }
  }

  func store(_ memory: TableMemory, at offset: Int) {
    let (kind, parameters) = record
    memory.store(kind, at: offset)
    for k in 0..<3 { memory.store(parameters[k], at: offset + 8 + 8 * k) }
  }

  /// Nil for a record that no builder writes.
  init?(_ memory: TableMemory, at offset: Int) {
    func number(_ k: Int) -> Double { memory.load(Double.self, at: offset + 8 + 8 * k) }
    switch memory.load(Int64.self, at: offset) {
    case 1: self = .hg(h: number(0), g: number(1))
    case 2: self = .hg12(h: number(0), g12: number(1))
    case 3: self = .hg12Muinonen(h: number(0), g12: number(1))
    case 4: self = .hg1g2(h: number(0), g1: number(1), g2: number(2))
    case 5: self = .comet(m1: number(0), k1: number(1))
    case 6: self = .nucleus(m2: number(0), k2: number(1), phaseCoefficient: number(2))
    default: return nil
    }
  }
}
