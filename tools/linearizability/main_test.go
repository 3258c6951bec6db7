package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

const second = `000000000`

var histories = []struct {
	name    string
	verdict porcupine.CheckResult
	lines   string
}{
	{"adds in turns", porcupine.Ok, `
		{"client":0,"call":1,"return":2,"operation":"add","key":"c","arguments":{"delta":5},"result":{"value":5}}
		{"client":1,"call":3,"return":4,"operation":"add","key":"c","arguments":{"delta":-2},"result":{"value":3}}
		{"client":1,"call":5,"return":6,"operation":"get","key":"c","arguments":{},"result":{"value":3}}`},
	{"concurrent adds in either order", porcupine.Ok, `
		{"client":0,"call":1,"return":9,"operation":"add","key":"c","arguments":{"delta":5},"result":{"value":7}}
		{"client":1,"call":2,"return":8,"operation":"add","key":"c","arguments":{"delta":2},"result":{"value":2}}`},
	{"an add counted twice", porcupine.Illegal, `
		{"client":0,"call":1,"return":2,"operation":"add","key":"c","arguments":{"delta":5},"result":{"value":5}}
		{"client":1,"call":3,"return":4,"operation":"get","key":"c","arguments":{},"result":{"value":10}}`},
	{"an add of unknown outcome counted twice", porcupine.Illegal, `
		{"client":0,"call":1,"operation":"add","key":"c","arguments":{"delta":5}}
		{"client":1,"call":3,"return":4,"operation":"get","key":"c","arguments":{},"result":{"value":10}}`},
	{"an add that was lost", porcupine.Illegal, `
		{"client":0,"call":1,"return":2,"operation":"add","key":"c","arguments":{"delta":5},"result":{"value":5}}
		{"client":1,"call":3,"return":4,"operation":"add","key":"c","arguments":{"delta":2},"result":{"value":2}}`},
	{"two adds with the same result", porcupine.Illegal, `
		{"client":0,"call":1,"return":9,"operation":"add","key":"c","arguments":{"delta":1},"result":{"value":1}}
		{"client":1,"call":2,"return":8,"operation":"add","key":"c","arguments":{"delta":1},"result":{"value":1}}`},
	{"a stale read", porcupine.Illegal, `
		{"client":0,"call":1,"return":2,"operation":"add","key":"c","arguments":{"delta":5},"result":{"value":5}}
		{"client":1,"call":3,"return":4,"operation":"get","key":"c","arguments":{},"result":{"value":0}}`},
	{"reads that go back", porcupine.Illegal, `
		{"client":0,"call":1,"return":9,"operation":"add","key":"c","arguments":{"delta":5},"result":{"value":5}}
		{"client":1,"call":2,"return":3,"operation":"get","key":"c","arguments":{},"result":{"value":5}}
		{"client":2,"call":4,"return":5,"operation":"get","key":"c","arguments":{},"result":{"value":0}}`},
	{"an add of unknown outcome that happened late", porcupine.Ok, `
		{"client":0,"call":1,"operation":"add","key":"c","arguments":{"delta":5}}
		{"client":1,"call":3,"return":4,"operation":"get","key":"c","arguments":{},"result":{"value":0}}
		{"client":1,"call":5,"return":6,"operation":"get","key":"c","arguments":{},"result":{"value":5}}`},
	{"an add of unknown outcome that never happened", porcupine.Ok, `
		{"client":0,"call":1,"operation":"add","key":"c","arguments":{"delta":5}}
		{"client":1,"call":3,"return":4,"operation":"get","key":"c","arguments":{},"result":{"value":0}}`},
	{"an add seen before it was called", porcupine.Illegal, `
		{"client":1,"call":3,"return":4,"operation":"get","key":"c","arguments":{},"result":{"value":5}}
		{"client":0,"call":5,"operation":"add","key":"c","arguments":{"delta":5}}`},
	{"swaps", porcupine.Ok, `
		{"client":0,"call":1,"return":2,"operation":"swap","key":"c","arguments":{"expected":0,"value":9},"result":{"done":true}}
		{"client":1,"call":3,"return":4,"operation":"swap","key":"c","arguments":{"expected":0,"value":8},"result":{"done":false,"value":9}}
		{"client":1,"call":5,"operation":"swap","key":"c","arguments":{"expected":9,"value":7}}
		{"client":1,"call":7,"return":8,"operation":"get","key":"c","arguments":{},"result":{"value":7}}`},
	{"two swaps of one value", porcupine.Illegal, `
		{"client":0,"call":1,"return":9,"operation":"swap","key":"c","arguments":{"expected":0,"value":9},"result":{"done":true}}
		{"client":1,"call":2,"return":8,"operation":"swap","key":"c","arguments":{"expected":0,"value":8},"result":{"done":true}}`},
	{"a sum that does not fit", porcupine.Ok, `
		{"client":0,"call":1,"return":2,"operation":"add","key":"c","arguments":{"delta":9223372036854775807},"result":{"value":9223372036854775807}}
		{"client":0,"call":3,"return":4,"operation":"add","key":"c","arguments":{"delta":1},"result":{"done":false}}
		{"client":0,"call":5,"return":6,"operation":"get","key":"c","arguments":{},"result":{"value":9223372036854775807}}`},
	{"keys of their own", porcupine.Ok, `
		{"client":0,"call":1,"return":2,"operation":"add","key":"a","arguments":{"delta":5},"result":{"value":5}}
		{"client":0,"call":3,"return":4,"operation":"add","key":"b","arguments":{"delta":1},"result":{"value":1}}
		{"client":0,"call":5,"return":6,"operation":"find","key":"a","arguments":{},"result":{"done":false}}`},

	{"a lease from hand to hand", porcupine.Ok, `
		{"client":0,"call":1,"return":2,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":9` + second + `},"result":{"done":true,"token":3}}
		{"client":1,"call":3,"return":4,"operation":"acquire","key":"l","arguments":{"holder":"b","ttl":9` + second + `},"result":{"done":false,"holder":"a"}}
		{"client":0,"call":5,"return":6,"operation":"renew","key":"l","arguments":{"token":3},"result":{"done":true}}
		{"client":0,"call":7,"return":8,"operation":"release","key":"l","arguments":{"token":3},"result":{"done":true}}
		{"client":1,"call":9,"return":10,"operation":"acquire","key":"l","arguments":{"holder":"b","ttl":9` + second + `},"result":{"done":true,"token":4}}
		{"client":0,"call":11,"return":12,"operation":"renew","key":"l","arguments":{"token":3},"result":{"done":false}}
		{"client":0,"call":13,"return":14,"operation":"find","key":"l","arguments":{},"result":{"done":true,"holder":"b","token":4}}`},
	{"acquired again by its holder", porcupine.Ok, `
		{"client":0,"call":1,"return":2,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":9` + second + `},"result":{"done":true,"token":3}}
		{"client":0,"call":3,"return":4,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":9` + second + `},"result":{"done":true,"token":4}}
		{"client":0,"call":5,"return":6,"operation":"renew","key":"l","arguments":{"token":3},"result":{"done":false}}`},
	{"refused to its own holder", porcupine.Illegal, `
		{"client":0,"call":1,"return":2,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":9` + second + `},"result":{"done":true,"token":3}}
		{"client":0,"call":3,"return":4,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":9` + second + `},"result":{"done":false,"holder":"a"}}`},
	{"refused for the sake of another", porcupine.Illegal, `
		{"client":0,"call":1,"return":2,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":9` + second + `},"result":{"done":true,"token":3}}
		{"client":1,"call":3,"return":4,"operation":"acquire","key":"l","arguments":{"holder":"b","ttl":9` + second + `},"result":{"done":false,"holder":"c"}}`},
	{"found with another's token", porcupine.Illegal, `
		{"client":0,"call":1,"return":2,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":9` + second + `},"result":{"done":true,"token":3}}
		{"client":1,"call":3,"return":4,"operation":"find","key":"l","arguments":{},"result":{"done":true,"holder":"a","token":2}}`},
	{"two holders", porcupine.Illegal, `
		{"client":0,"call":1,"return":2,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":9` + second + `},"result":{"done":true,"token":3}}
		{"client":1,"call":3,"return":4,"operation":"acquire","key":"l","arguments":{"holder":"b","ttl":9` + second + `},"result":{"done":true,"token":4}}`},
	{"two holders at the same time", porcupine.Illegal, `
		{"client":0,"call":1,"return":9,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":9` + second + `},"result":{"done":true,"token":3}}
		{"client":1,"call":2,"return":8,"operation":"acquire","key":"l","arguments":{"holder":"b","ttl":9` + second + `},"result":{"done":true,"token":4}}`},
	{"a lease that ran out", porcupine.Ok, `
		{"client":0,"call":1,"return":2,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":1` + second + `},"result":{"done":true,"token":3}}
		{"client":1,"call":1` + second + `,"return":1000000009,"operation":"acquire","key":"l","arguments":{"holder":"b","ttl":1` + second + `},"result":{"done":true,"token":4}}
		{"client":0,"call":1000000010,"return":1000000011,"operation":"renew","key":"l","arguments":{"token":3},"result":{"done":false}}`},
	{"a lease that stays longer", porcupine.Ok, `
		{"client":0,"call":1,"return":2,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":1` + second + `},"result":{"done":true,"token":3}}
		{"client":0,"call":5` + second + `,"return":6` + second + `,"operation":"renew","key":"l","arguments":{"token":3},"result":{"done":true}}`},
	{"an end before its time", porcupine.Illegal, `
		{"client":0,"call":1,"return":2,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":2` + second + `},"result":{"done":true,"token":3}}
		{"client":0,"call":1` + second + `,"return":1000000009,"operation":"renew","key":"l","arguments":{"token":3},"result":{"done":true}}
		{"client":1,"call":2` + second + `,"return":2500000000,"operation":"find","key":"l","arguments":{},"result":{"done":false}}`},
	{"renewed after others saw it end", porcupine.Illegal, `
		{"client":0,"call":1,"return":2,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":1` + second + `},"result":{"done":true,"token":3}}
		{"client":1,"call":2` + second + `,"return":2000000001,"operation":"find","key":"l","arguments":{},"result":{"done":false}}
		{"client":0,"call":3` + second + `,"return":3000000001,"operation":"renew","key":"l","arguments":{"token":3},"result":{"done":true}}`},
	{"renewed after another acquired it", porcupine.Illegal, `
		{"client":0,"call":1,"return":2,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":1` + second + `},"result":{"done":true,"token":3}}
		{"client":1,"call":2` + second + `,"return":2000000001,"operation":"acquire","key":"l","arguments":{"holder":"b","ttl":1` + second + `},"result":{"done":true,"token":4}}
		{"client":0,"call":2000000002,"return":2000000003,"operation":"renew","key":"l","arguments":{"token":3},"result":{"done":true}}`},
	{"a token that does not grow", porcupine.Illegal, `
		{"client":0,"call":1,"return":2,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":9` + second + `},"result":{"done":true,"token":3}}
		{"client":0,"call":3,"return":4,"operation":"release","key":"l","arguments":{"token":3},"result":{"done":true}}
		{"client":1,"call":5,"return":6,"operation":"acquire","key":"l","arguments":{"holder":"b","ttl":9` + second + `},"result":{"done":true,"token":2}}`},
	{"a token that does not grow across names", porcupine.Illegal, `
		{"client":0,"call":1,"return":2,"operation":"acquire","key":"k","arguments":{"holder":"a","ttl":9` + second + `},"result":{"done":true,"token":3}}
		{"client":1,"call":5,"return":6,"operation":"acquire","key":"l","arguments":{"holder":"b","ttl":9` + second + `},"result":{"done":true,"token":2}}`},
	{"one token under two names", porcupine.Illegal, `
		{"client":0,"call":1,"return":9,"operation":"acquire","key":"k","arguments":{"holder":"a","ttl":9` + second + `},"result":{"done":true,"token":3}}
		{"client":1,"call":2,"return":8,"operation":"acquire","key":"l","arguments":{"holder":"b","ttl":9` + second + `},"result":{"done":true,"token":3}}`},
	{"an acquire of unknown outcome that happened", porcupine.Ok, `
		{"client":0,"call":1,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":9` + second + `}}
		{"client":1,"call":3,"return":4,"operation":"acquire","key":"l","arguments":{"holder":"b","ttl":9` + second + `},"result":{"done":false,"holder":"a"}}
		{"client":1,"call":5,"return":6,"operation":"find","key":"l","arguments":{},"result":{"done":true,"holder":"a","token":7}}`},
	{"an acquire of unknown outcome that did not happen", porcupine.Ok, `
		{"client":0,"call":1,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":9` + second + `}}
		{"client":1,"call":3,"return":4,"operation":"acquire","key":"l","arguments":{"holder":"b","ttl":9` + second + `},"result":{"done":true,"token":7}}`},
	{"an acquire of unknown outcome with two tokens", porcupine.Illegal, `
		{"client":0,"call":1,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":9` + second + `}}
		{"client":1,"call":3,"return":4,"operation":"find","key":"l","arguments":{},"result":{"done":true,"holder":"a","token":7}}
		{"client":1,"call":5,"return":6,"operation":"find","key":"l","arguments":{},"result":{"done":true,"holder":"a","token":8}}`},
	{"a release of unknown outcome", porcupine.Ok, `
		{"client":0,"call":1,"return":2,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":9` + second + `},"result":{"done":true,"token":3}}
		{"client":0,"call":3,"operation":"release","key":"l","arguments":{"token":3}}
		{"client":1,"call":4,"return":5,"operation":"find","key":"l","arguments":{},"result":{"done":true,"holder":"a","token":3}}
		{"client":1,"call":6,"return":7,"operation":"acquire","key":"l","arguments":{"holder":"b","ttl":9` + second + `},"result":{"done":true,"token":4}}`},
	{"a release that had no effect", porcupine.Illegal, `
		{"client":0,"call":1,"return":2,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":9` + second + `},"result":{"done":true,"token":3}}
		{"client":0,"call":3,"return":4,"operation":"release","key":"l","arguments":{"token":3},"result":{"done":true}}
		{"client":1,"call":5,"return":6,"operation":"find","key":"l","arguments":{},"result":{"done":true,"holder":"a","token":3}}`},
	{"a renewal of unknown outcome", porcupine.Ok, `
		{"client":0,"call":1,"return":2,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":1` + second + `},"result":{"done":true,"token":3}}
		{"client":0,"call":3,"operation":"renew","key":"l","arguments":{"token":3}}
		{"client":1,"call":2` + second + `,"return":2000000001,"operation":"find","key":"l","arguments":{},"result":{"done":false}}`},
}

func TestHistories(t *testing.T) {
	for _, history := range histories {
		t.Run(history.name, func(t *testing.T) {
			operations, err := read(strings.NewReader(strings.TrimSpace(history.lines)))
			if err != nil {
				t.Fatal(err)
			}
			if got := check(operations, time.Minute).verdict; got != history.verdict {
				t.Errorf("verdict %s, not %s", got, history.verdict)
			}
		})
	}
}

func TestUnreadableHistories(t *testing.T) {
	for _, line := range []string{
		`nothing`,
		`{"client":0,"call":1,"return":2,"operation":"add","key":"c","arguments":{"delta":5},"result":{"value":5},"more":1}`,
		`{"client":0,"call":1,"return":2,"operation":"add","key":"c","arguments":{"delta":5}}`,
		`{"client":0,"call":3,"return":2,"operation":"get","key":"c","arguments":{},"result":{"value":5}}`,
		`{"client":0,"call":1,"return":2,"operation":"add","key":"c","arguments":{},"result":{"value":5}}`,
		`{"client":0,"call":1,"return":2,"operation":"swap","key":"c","arguments":{"expected":1,"value":2},"result":{"done":false}}`,
		`{"client":0,"call":1,"return":2,"operation":"acquire","key":"l","arguments":{"holder":"a","ttl":1},"result":{"done":true}}`,
		`{"client":0,"call":1,"return":2,"operation":"find","key":"l","arguments":{},"result":{"done":true,"holder":"a"}}`,
		`{"client":0,"call":1,"return":2,"operation":"steal","key":"l","arguments":{},"result":{"done":true}}`,
		`{"client":0,"call":1,"return":2,"operation":"get","key":"","arguments":{},"result":{"value":5}}`,
	} {
		if _, err := read(strings.NewReader(line)); err == nil {
			t.Errorf("accepted: %s", line)
		}
	}
}

func TestAnIllegalHistoryIsShown(t *testing.T) {
	operations, err := read(strings.NewReader(
		`{"client":0,"call":1,"return":2,"operation":"get","key":"../c","arguments":{},"result":{"value":5}}`))
	if err != nil {
		t.Fatal(err)
	}
	report := t.TempDir()
	if err := check(operations, time.Minute).print(report); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(report, "counter----c.html")); err != nil {
		t.Fatal(err)
	}
}
