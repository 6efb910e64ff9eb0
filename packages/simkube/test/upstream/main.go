// Command upstream answers with Kubernetes' own code what simkube answers with ours: who owns which fields after a
// sequence of writes, what a strategic merge patch makes of an object, and what is wrong with a CRD and its objects.
// It reads one JSON case a line and writes one JSON answer a line. scripts/record-upstream.ts runs it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// answer turns one case into one answer.
type answer func(line []byte) (any, error)

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("usage: upstream ownership OPENAPI.json | strategic | definitions"))
	}
	var handle answer
	var err error
	switch os.Args[1] {
	case "ownership":
		handle, err = ownership(os.Args[2:])
	case "strategic":
		handle = strategic
	case "definitions":
		handle = definitions
	default:
		err = fmt.Errorf("unknown subject %q", os.Args[1])
	}
	if err != nil {
		fail(err)
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<26)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for in.Scan() {
		result, err := handle(in.Bytes())
		if err != nil {
			fail(err)
		}
		if err := out.Encode(result); err != nil {
			fail(err)
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
