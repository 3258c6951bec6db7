// Command linearizability checks a recorded history of counters and leases with Porcupine.
//
//	linearizability [-timeout DURATION] [-report FOLDER] HISTORY
//
// HISTORY holds one operation per line (see history.go). Every counter and every lease is checked for itself, which is enough,
// since linearizability is local; that fencing tokens grow across all leases is checked beside it. For each key without a
// linearisation the operation that fits nowhere is printed, and a page that shows the history is written into FOLDER.
//
// The last line of the output has the counts and the verdict: ok, illegal, or unknown if the time of some key ran out.
// Exit code: 0 ok, 1 illegal, 2 unreadable input, 3 unknown.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"
)

const (
	exitIllegal    = 1
	exitUnreadable = 2
	exitUnknown    = 3
)

func main() {
	timeout := flag.Duration("timeout", 2*time.Minute, "time for each key")
	report := flag.String("report", "", "folder for pages that show the keys without a linearisation")
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(exitUnreadable)
	}
	operations, err := readFile(flag.Arg(0))
	if err != nil {
		fmt.Fprintf(os.Stderr, "linearizability: %s: %v\n", flag.Arg(0), err)
		os.Exit(exitUnreadable)
	}
	outcome := check(operations, *timeout)
	if err := outcome.print(*report); err != nil {
		fmt.Fprintf(os.Stderr, "linearizability: %v\n", err)
		os.Exit(exitUnreadable)
	}
	switch outcome.verdict {
	case porcupine.Illegal:
		os.Exit(exitIllegal)
	case porcupine.Unknown:
		os.Exit(exitUnknown)
	}
}

// keyOutcome is the verdict on one counter or lease.
type keyOutcome struct {
	key        key
	operations []operation
	verdict    porcupine.CheckResult
}

type outcome struct {
	operations, unknown int
	keys                []keyOutcome
	unordered           []string
	verdict             porcupine.CheckResult
}

func check(operations []operation, timeout time.Duration) outcome {
	o := outcome{operations: len(operations), unordered: unorderedTokens(operations), verdict: porcupine.Ok}
	byKey := map[key][]operation{}
	for _, op := range operations {
		if op.unknown() {
			o.unknown++
		}
		byKey[op.key()] = append(byKey[op.key()], op)
	}
	for k, own := range byKey {
		o.keys = append(o.keys, keyOutcome{key: k, operations: own})
	}
	sort.Slice(o.keys, func(i, j int) bool { return o.keys[i].key.less(o.keys[j].key) })

	var running sync.WaitGroup
	slots := make(chan struct{}, runtime.NumCPU())
	for i := range o.keys {
		running.Add(1)
		slots <- struct{}{}
		go func(k *keyOutcome) {
			defer running.Done()
			k.verdict = porcupine.CheckOperationsTimeout(k.key.model(), porcupineHistory(k.operations), timeout)
			<-slots
		}(&o.keys[i])
	}
	running.Wait()

	for _, k := range o.keys {
		switch {
		case k.verdict == porcupine.Illegal:
			o.verdict = porcupine.Illegal
		case k.verdict == porcupine.Unknown && o.verdict == porcupine.Ok:
			o.verdict = porcupine.Unknown
		}
	}
	if len(o.unordered) > 0 {
		o.verdict = porcupine.Illegal
	}
	return o
}

func (o outcome) print(report string) error {
	for _, line := range o.unordered {
		fmt.Println(line)
	}
	for _, k := range o.keys {
		switch k.verdict {
		case porcupine.Unknown:
			fmt.Printf("%s: not decided in time, %d operations\n", k.key, len(k.operations))
		case porcupine.Illegal:
			if err := k.explain(report); err != nil {
				return err
			}
		}
	}
	verdict := map[porcupine.CheckResult]string{porcupine.Ok: "ok", porcupine.Illegal: "illegal", porcupine.Unknown: "unknown"}
	fmt.Printf("operations=%d known=%d unknown=%d keys=%d verdict=%s\n",
		o.operations, o.operations-o.unknown, o.unknown, len(o.keys), verdict[o.verdict])
	return nil
}

// explainTimeout bounds the second search, which keeps what the first did not.
const explainTimeout = time.Minute

// explain prints how far a linearisation goes and what does not fit behind it.
func (k keyOutcome) explain(report string) error {
	model := k.key.model()
	history := porcupineHistory(k.operations)
	_, info := porcupine.CheckOperationsVerbose(model, history, explainTimeout)
	var longest []porcupine.Operation
	for _, partition := range info.PartialLinearizationsOperations() {
		for _, partial := range partition {
			if len(partial) > len(longest) {
				longest = partial
			}
		}
	}
	fmt.Printf("%s: no linearisation; the longest has %d of %d operations\n", k.key, len(longest), len(history))
	state := model.Init()
	placed := map[int]bool{}
	for i, op := range longest {
		if i >= len(longest)-5 {
			fmt.Printf("  placed  %s\n", op.Input.(operation))
		}
		placed[op.Input.(operation).line] = true
		_, state = model.Step(state, op.Input, op.Output)
	}
	fmt.Printf("  state   %s\n", model.DescribeState(state))
	if next, found := earliestReturn(k.operations, placed); found {
		fmt.Printf("  misfit  %s\n", next)
	}
	if report == "" {
		return nil
	}
	if err := os.MkdirAll(report, 0o755); err != nil {
		return err
	}
	path := filepath.Join(report, k.key.fileName())
	if err := porcupine.VisualizePath(model, info, path); err != nil {
		return err
	}
	fmt.Printf("  see     %s\n", path)
	return nil
}

func earliestReturn(operations []operation, placed map[int]bool) (operation, bool) {
	var earliest operation
	found := false
	for _, op := range operations {
		if !placed[op.line] && (!found || op.returned() < earliest.returned()) {
			earliest, found = op, true
		}
	}
	return earliest, found
}

func porcupineHistory(operations []operation) []porcupine.Operation {
	history := make([]porcupine.Operation, len(operations))
	for i, op := range operations {
		history[i] = porcupine.Operation{
			ClientId: op.Client, Input: op, Call: op.Call, Output: op.Result, Return: op.returned(),
		}
	}
	return history
}

// unorderedTokens says which leases were given a token that is not above every token given before, under any name.
// Names share one sequence of tokens, and the models, which see one name, cannot know it.
func unorderedTokens(operations []operation) []string {
	var given []operation
	for _, op := range operations {
		if op.Operation == acquire && op.Result != nil && *op.Result.Done {
			given = append(given, op)
		}
	}
	byCall := append([]operation(nil), given...)
	sort.Slice(byCall, func(i, j int) bool { return byCall[i].Call < byCall[j].Call })
	sort.Slice(given, func(i, j int) bool { return given[i].returned() < given[j].returned() })

	var faults []string
	holders := map[int64]operation{}
	for _, op := range given {
		if other, seen := holders[*op.Result.Token]; seen {
			faults = append(faults, fmt.Sprintf("token %d was given twice: %s; %s", *op.Result.Token, other, op))
		}
		holders[*op.Result.Token] = op
	}
	// Both lists in step: the greatest token among those that had returned when op was called.
	next := 0
	var greatest operation
	for _, op := range byCall {
		for ; next < len(given) && given[next].returned() < op.Call; next++ {
			if greatest.Result == nil || *given[next].Result.Token > *greatest.Result.Token {
				greatest = given[next]
			}
		}
		if greatest.Result != nil && *op.Result.Token < *greatest.Result.Token {
			faults = append(faults, fmt.Sprintf("tokens went back: %s; later %s", greatest, op))
		}
	}
	return faults
}
