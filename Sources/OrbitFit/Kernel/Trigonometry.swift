import Foundation

// Foundation stays in one place: the kernel needs two functions of it.

@inline(__always)
func sineCosine(_ rad: Double) -> (sin: Double, cos: Double) { (sin(rad), cos(rad)) }

@inline(__always)
func naturalLog(_ x: Double) -> Double { log(x) }

@inline(__always)
func exponential(_ x: Double) -> Double { exp(x) }
