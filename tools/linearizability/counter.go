package main

import (
	"fmt"

	"github.com/anishathalye/porcupine"
)

func (k key) model() porcupine.Model {
	if k.lease {
		return leaseModel()
	}
	return counterModel()
}

// counterModel is a 64-bit integer that begins at 0. An operation of unknown outcome is placed like any other, with whatever
// result it would have there; placed behind all others, it is one that never happened.
func counterModel() porcupine.Model {
	return porcupine.Model{
		Init: func() interface{} { return int64(0) },
		Step: func(state, input, _ interface{}) (bool, interface{}) {
			return stepCounter(state.(int64), input.(operation))
		},
		Hash:              func(state interface{}) uint64 { return mix(uint64(state.(int64))) },
		DescribeOperation: describe,
		DescribeState:     func(state interface{}) string { return fmt.Sprint(state) },
	}
}

func stepCounter(value int64, op operation) (bool, int64) {
	switch op.Operation {
	case get:
		return op.unknown() || *op.Result.Value == value, value
	case add:
		sum := value + *op.Arguments.Delta
		if (sum < value) != (*op.Arguments.Delta < 0) {
			return op.unknown() || op.Result.Done != nil, value
		}
		return op.unknown() || op.Result.Value != nil && *op.Result.Value == sum, sum
	default:
		matches := value == *op.Arguments.Expected
		next := value
		if matches {
			next = *op.Arguments.Value
		}
		if op.unknown() {
			return true, next
		}
		return *op.Result.Done == matches && (matches || *op.Result.Value == value), next
	}
}

func describe(input, _ interface{}) string { return input.(operation).String() }

// mix spreads states that differ in few bits (the finaliser of SplitMix64).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
