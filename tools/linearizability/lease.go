package main

import (
	"fmt"

	"github.com/anishathalye/porcupine"
)

// clockSlackNanos is how much earlier than its time to live a lease may end. Leases are timed in milliseconds; each end of the
// interval is cut to a whole one.
const clockSlackNanos = 2_000_000

// A lease is a register of holder and token that empties by itself once its time to live is over.
//
// When it does is not in the history, and need not be soon: time of the ledger stands still while there is no leader. But it
// never runs faster than the clock, so a lease cannot end before its time to live has passed since the last acquire or renew
// that took effect, and that took effect after it was called. Hence earliestEnd, and hence the rule: just before an operation
// the lease may have ended, or not, if the operation returned after earliestEnd; had it returned sooner, it cannot have seen
// the end. What saw the lease ended fixes it: whoever held it may not renew any more.
//
// Who holds a lease and acquires it again is given a new one in its place, with a new token.
//
// The model allows an end that comes too early by less than the operations around it last, and never refuses a right one.
type lease struct {
	held        bool
	holder      string
	token       int64 // 0 if the acquire's outcome is unknown: some token above last
	ttl         int64
	earliestEnd int64
	last        int64 // the greatest token known to have been given
}

func leaseModel() porcupine.Model {
	model := porcupine.NondeterministicModel{
		Init: func() []interface{} { return []interface{}{lease{}} },
		Step: func(state, input, _ interface{}) []interface{} {
			var next []interface{}
			op := input.(operation)
			for _, l := range state.(lease).before(op) {
				for _, after := range l.step(op) {
					next = append(next, after)
				}
			}
			return next
		},
		Hash:              func(state interface{}) uint64 { return state.(lease).hash() },
		DescribeOperation: describe,
		DescribeState:     func(state interface{}) string { return state.(lease).String() },
	}
	return model.ToModel()
}

// before is what the lease may have become when op takes effect.
func (l lease) before(op operation) []lease {
	if l.held && op.returned() >= l.earliestEnd {
		return []lease{l, l.free()}
	}
	return []lease{l}
}

// step is what the lease may be after op; nothing if op cannot have had its result.
func (l lease) step(op operation) []lease {
	a, r := op.Arguments, op.Result
	switch op.Operation {
	case acquire:
		inTheWay := l.held && l.holder != *a.Holder
		switch {
		case op.unknown() && inTheWay:
			return []lease{l}
		case op.unknown():
			return []lease{l.acquired(op, 0)}
		case *r.Done && !inTheWay && *r.Token > l.last:
			return []lease{l.acquired(op, *r.Token)}
		case !*r.Done && inTheWay && l.holder == *r.Holder:
			return []lease{l}
		}
	case renew:
		held, absent := l.with(*a.Token)
		var next []lease
		for _, found := range held {
			if op.unknown() || *r.Done {
				found.earliestEnd = max(found.earliestEnd, op.Call+found.ttl-clockSlackNanos)
				next = append(next, found)
			}
		}
		if absent && (op.unknown() || !*r.Done) {
			next = append(next, l)
		}
		return next
	case release:
		held, absent := l.with(*a.Token)
		var next []lease
		for _, found := range held {
			if op.unknown() || *r.Done {
				next = append(next, found.free())
			}
		}
		if absent && (op.unknown() || !*r.Done) {
			next = append(next, l)
		}
		return next
	case find:
		switch {
		case op.unknown():
			return []lease{l}
		case *r.Done && l.holder == *r.Holder:
			held, _ := l.with(*r.Token)
			return held
		case !*r.Done && !l.held:
			return []lease{l}
		}
	}
	return nil
}

func (l lease) acquired(op operation, token int64) lease {
	return lease{
		held:        true,
		holder:      *op.Arguments.Holder,
		token:       token,
		ttl:         *op.Arguments.TTL,
		earliestEnd: op.Call + *op.Arguments.TTL - clockSlackNanos,
		last:        max(l.last, token),
	}
}

func (l lease) free() lease { return lease{last: l.last} }

// with is the lease if it can be held by that token, and whether it can be held by another or by none.
func (l lease) with(token int64) (held []lease, absent bool) {
	switch {
	case !l.held:
		return nil, true
	case l.token == token:
		return []lease{l}, false
	case l.token == 0 && token > l.last:
		l.token, l.last = token, token
		return []lease{l}, true
	default:
		return nil, true
	}
}

func (l lease) hash() uint64 {
	h := mix(uint64(l.token)) ^ mix(uint64(l.last)+1) ^ mix(uint64(l.earliestEnd)+2)
	for _, b := range []byte(l.holder) {
		h = mix(h ^ uint64(b))
	}
	return h
}

func (l lease) String() string {
	switch {
	case !l.held:
		return fmt.Sprintf("free, last token %d", l.last)
	case l.token == 0:
		return fmt.Sprintf("held by %s with an unknown token above %d, until %d or later", l.holder, l.last, l.earliestEnd)
	default:
		return fmt.Sprintf("held by %s with token %d, until %d or later", l.holder, l.token, l.earliestEnd)
	}
}
