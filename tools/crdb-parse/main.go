// Command crdb-parse feeds SQL to CockroachDB's own parser and reports each statement that it rejects.
//
//	crdb-parse [-role-prefix PREFIX] FILE...
//
// A FILE that ends in .sql is a migration: all its statements are parsed. A FILE that ends in .json is a log of
// PostgreSQL in its jsonlog format, written with log_statement=all: the statements of the roles whose name starts with
// PREFIX are parsed, each distinct one once.
//
// The last line of the output counts what was parsed. Exit code: 0 all accepted, 1 something rejected, 2 unreadable input.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/cockroachdb/cockroachdb-parser/pkg/sql/parser"
)

// maxLineBytes bounds a line of the log; PostgreSQL itself bounds a statement at 1 GiB.
const maxLineBytes = 64 << 20

type logLine struct {
	User    string `json:"user"`
	Message string `json:"message"`
}

var executed = regexp.MustCompile(`(?s)^(?:statement|execute [^:]*): (.*)$`)

type checker struct {
	rolePrefix string
	seen       map[string]bool
	migrations int
	logged     int
	rejected   int
}

func main() {
	rolePrefix := flag.String("role-prefix", "nebula_", "of a log, take the statements of roles with this prefix")
	flag.Parse()
	c := &checker{rolePrefix: *rolePrefix, seen: map[string]bool{}}
	for _, path := range flag.Args() {
		if err := c.check(path); err != nil {
			fmt.Fprintf(os.Stderr, "crdb-parse: %s: %v\n", path, err)
			os.Exit(2)
		}
	}
	fmt.Printf("migrations=%d statements=%d rejected=%d\n", c.migrations, c.logged, c.rejected)
	if c.rejected > 0 {
		os.Exit(1)
	}
}

func (c *checker) check(path string) error {
	switch {
	case strings.HasSuffix(path, ".sql"):
		sql, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		c.migrations++
		c.parse(path, string(sql))
		return nil
	case strings.HasSuffix(path, ".json"):
		return c.checkLog(path)
	default:
		return errors.New("neither .sql nor .json")
	}
}

func (c *checker) checkLog(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 0, 64<<10), maxLineBytes)
	for number := 1; lines.Scan(); number++ {
		var line logLine
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		match := executed.FindStringSubmatch(line.Message)
		if match == nil || !strings.HasPrefix(line.User, c.rolePrefix) || c.seen[match[1]] {
			continue
		}
		c.seen[match[1]] = true
		c.logged++
		c.parse(fmt.Sprintf("%s:%d", path, number), match[1])
	}
	if err := lines.Err(); err != nil && err != io.EOF {
		return err
	}
	return nil
}

func (c *checker) parse(source, sql string) {
	if err := accepts(sql); err != nil {
		c.rejected++
		fmt.Printf("%s: %v\n  in: %s\n", source, err, strings.TrimSpace(sql))
	}
}

// accepts parses sql. Taken out of its server, the parser has no PL/pgSQL and panics where that begins; that is a rejection too.
func accepts(sql string) (err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("the parser panicked: %v", panicked)
		}
	}()
	_, err = parser.Parse(sql)
	return err
}
