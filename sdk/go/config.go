package skerry

import (
	"crypto/x509"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Options name a daemon. What is not given comes from SKERRY_ADDRESS,
// SKERRY_TOKEN and SKERRY_TLS_CA, else it is this machine's daemon and its own
// token.
type Options struct {
	// Address is host:port, https://host:port or unix:/path.
	Address string
	// Token is what the daemon knows its caller by.
	Token string
	// CA is a file of certificates in PEM to trust in place of the system's.
	CA string
}

type config struct {
	// As it was given.
	address string
	target  string
	secure  bool
	token   string
	// Nil for the system's.
	roots *x509.CertPool
}

func resolve(options Options) (config, error) {
	address := first(options.Address, os.Getenv("SKERRY_ADDRESS"), "127.0.0.1:4000")
	found, loopback, err := parse(address)
	if err != nil {
		return config{}, err
	}
	found.address = address
	found.token = first(options.Token, os.Getenv("SKERRY_TOKEN"))
	if found.token == "" && loopback {
		found.token = localToken()
	}
	ca := first(options.CA, os.Getenv("SKERRY_TLS_CA"))
	if found.secure && ca != "" {
		text, err := os.ReadFile(ca)
		if err != nil {
			return config{}, err
		}
		found.roots = x509.NewCertPool()
		if !found.roots.AppendCertsFromPEM(text) {
			return config{}, fmt.Errorf("%s: no certificate in it", ca)
		}
	}
	return found, nil
}

func parse(text string) (found config, loopback bool, err error) {
	if strings.HasPrefix(text, "unix:") {
		return config{target: text}, false, nil
	}
	full := text
	if !strings.Contains(text, "://") {
		full = "http://" + text
	}
	at, err := url.Parse(full)
	if err != nil || at.Hostname() == "" || at.User != nil || strings.Trim(at.Path, "/") != "" || at.RawQuery != "" ||
		at.Scheme != "http" && at.Scheme != "https" {
		return config{}, false, fmt.Errorf("not an address: %s; want host:port, https://host:port or unix:/path", text)
	}
	secure := at.Scheme == "https"
	port := first(at.Port(), map[bool]string{true: "443", false: "4000"}[secure])
	address := net.ParseIP(at.Hostname())
	loopback = strings.EqualFold(at.Hostname(), "localhost") || address != nil && address.IsLoopback()
	return config{target: net.JoinHostPort(at.Hostname(), port), secure: secure}, loopback, nil
}

// What a daemon on this machine wrote for its clients.
func localToken() string {
	folder := first(os.Getenv("SKERRY_DATA_DIR"), "/var/lib/skerry")
	text, _ := os.ReadFile(filepath.Join(folder, "admin.token"))
	return strings.TrimSpace(string(text))
}

// The first that is not empty.
func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
