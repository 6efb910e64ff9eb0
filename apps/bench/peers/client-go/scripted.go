package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// scripted is an API server in memory: it answers a watch with the fixture's list, then, when released, its changes.
// A watch that asks for no list gets the changes alone.
type scripted struct {
	list, changes []byte
	released      chan struct{}
	once          sync.Once
}

func newScripted(folder, kind string) *scripted {
	return &scripted{
		list:     read(folder, kind+"-list.jsonl"),
		changes:  read(folder, kind+"-changes.jsonl"),
		released: make(chan struct{}),
	}
}

func (s *scripted) release() { s.once.Do(func() { close(s.released) }) }

// forget lets go of the bytes, which are none of the cache's memory.
func (s *scripted) forget() { s.list, s.changes = nil, nil }

func (s *scripted) RoundTrip(request *http.Request) (*http.Response, error) {
	query := request.URL.Query()
	if query.Get("watch") != "true" {
		return nil, fmt.Errorf("a list was asked for, and there are watches only: %s", request.URL)
	}
	var list []byte
	if query.Get("sendInitialEvents") == "true" {
		list = s.list
	}
	return &http.Response{
		StatusCode: http.StatusOK,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       &body{script: s, list: bytes.NewReader(list), done: request.Context().Done()},
		Request:    request,
	}, nil
}

type body struct {
	script  *scripted
	list    *bytes.Reader
	changes *bytes.Reader
	done    <-chan struct{}
}

func (b *body) Read(into []byte) (int, error) {
	if b.list != nil && b.list.Len() > 0 {
		return b.list.Read(into)
	}
	b.list = nil
	if b.changes == nil {
		select {
		case <-b.script.released:
			b.changes = bytes.NewReader(b.script.changes)
		case <-b.done:
			return 0, io.EOF
		}
	}
	if b.changes.Len() > 0 {
		return b.changes.Read(into)
	}
	<-b.done
	return 0, io.EOF
}

func (b *body) Close() error { return nil }
