package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
)

// A line of a history:
//
//	{"client":3,"call":1200,"return":4100,"operation":"add","key":"hot","arguments":{"delta":7},"result":{"value":21}}
//
// Times are nanoseconds of one monotonic clock. An operation whose outcome is not known has neither "return" nor "result":
// it may have happened at any time after its call, or never. One that certainly did not happen is left out of the history.
//
//	operation  of       arguments        result
//	get        counter                   value
//	add        counter  delta            value, the sum; or done=false: the sum does not fit 64 bits
//	swap       counter  expected, value  done; value, what the counter holds, if not done
//	acquire    lease    holder, ttl      done and token; or done=false with the holder in the way
//	renew      lease    token            done
//	release    lease    token            done
//	find       lease                     done, whether it is held; by which holder and token
const (
	get     = "get"
	add     = "add"
	swap    = "swap"
	acquire = "acquire"
	renew   = "renew"
	release = "release"
	find    = "find"
)

const maxLineBytes = 1 << 20

type operation struct {
	Client    int       `json:"client"`
	Call      int64     `json:"call"`
	Return    *int64    `json:"return"`
	Operation string    `json:"operation"`
	Key       string    `json:"key"`
	Arguments arguments `json:"arguments"`
	Result    *result   `json:"result"`
	line      int
}

type arguments struct {
	Delta    *int64  `json:"delta,omitempty"`
	Expected *int64  `json:"expected,omitempty"`
	Value    *int64  `json:"value,omitempty"`
	Holder   *string `json:"holder,omitempty"`
	TTL      *int64  `json:"ttl,omitempty"`
	Token    *int64  `json:"token,omitempty"`
}

type result struct {
	Done   *bool   `json:"done,omitempty"`
	Value  *int64  `json:"value,omitempty"`
	Holder *string `json:"holder,omitempty"`
	Token  *int64  `json:"token,omitempty"`
}

type key struct {
	lease bool
	name  string
}

func (k key) less(other key) bool {
	if k.lease != other.lease {
		return other.lease
	}
	return k.name < other.name
}

func (k key) String() string {
	if k.lease {
		return "lease " + k.name
	}
	return "counter " + k.name
}

// fileName has nothing of the name but letters, digits and dashes, whatever the history says.
func (k key) fileName() string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, k.String()) + ".html"
}

func (op operation) key() key {
	switch op.Operation {
	case get, add, swap:
		return key{name: op.Key}
	default:
		return key{lease: true, name: op.Key}
	}
}

func (op operation) unknown() bool { return op.Result == nil }

// returned is the end of time for an operation of unknown outcome.
func (op operation) returned() int64 {
	if op.Return == nil {
		return math.MaxInt64
	}
	return *op.Return
}

func (op operation) String() string {
	given, _ := json.Marshal(op.Arguments)
	if op.unknown() {
		return fmt.Sprintf("line %d, client %d, [%d, ..]: %s %s -> unknown", op.line, op.Client, op.Call, op.Operation, given)
	}
	got, _ := json.Marshal(op.Result)
	return fmt.Sprintf("line %d, client %d, [%d, %d]: %s %s -> %s",
		op.line, op.Client, op.Call, *op.Return, op.Operation, given, got)
}

func readFile(path string) ([]operation, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return read(file)
}

func read(from io.Reader) ([]operation, error) {
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 0, 64<<10), maxLineBytes)
	var operations []operation
	for number := 1; lines.Scan(); number++ {
		op := operation{line: number}
		decoder := json.NewDecoder(strings.NewReader(lines.Text()))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&op); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		if err := op.validate(); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		operations = append(operations, op)
	}
	return operations, lines.Err()
}

func (op operation) validate() error {
	if op.Key == "" || op.Client < 0 || op.Call < 0 {
		return errors.New("an operation needs a key, a client and the time of its call")
	}
	if (op.Return == nil) != (op.Result == nil) {
		return errors.New("return and result come together, or neither does")
	}
	if op.Return != nil && *op.Return < op.Call {
		return errors.New("it returns before it is called")
	}
	a, r := op.Arguments, op.Result
	var complete bool
	switch op.Operation {
	case get:
		complete = r == nil || r.Value != nil
	case add:
		complete = a.Delta != nil && (r == nil || r.Value != nil || r.Done != nil && !*r.Done)
	case swap:
		complete = a.Expected != nil && a.Value != nil && (r == nil || r.Done != nil && (*r.Done || r.Value != nil))
	case acquire:
		complete = a.Holder != nil && a.TTL != nil &&
			(r == nil || r.Done != nil && (*r.Done && r.Token != nil || !*r.Done && r.Holder != nil))
	case renew, release:
		complete = a.Token != nil && (r == nil || r.Done != nil)
	case find:
		complete = r == nil || r.Done != nil && (!*r.Done || r.Holder != nil && r.Token != nil)
	default:
		return fmt.Errorf("there is no operation %q", op.Operation)
	}
	if !complete {
		return fmt.Errorf("%s lacks an argument or a part of its result", op.Operation)
	}
	return nil
}
