package draft

import "regexp"

// What the check looks for whatever the language. It is data: a name more is a line more.
// The words of the languages are in files of their own.

// offsets are the zones that a time may name, in minutes east of UTC. Some names mean
// several zones: those say that a zone is named, and no more.
var offsets = map[string]int{
	"UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 60, "BST": 60, "CET": 60, "CEST": 120, "EET": 120, "EEST": 180, "MSK": 180,
	"EST": -300, "EDT": -240, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420, "AKST": -540, "AKDT": -480, "HST": -600,
	"JST": 540, "KST": 540, "SGT": 480, "HKT": 480, "AWST": 480, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780, "SAST": 120,
	"CST": several, "IST": several, "ACST": several, "ACDT": several, "BRT": several, "ART": several, "AST": several, "ADT": several,
}

const several = 1 << 20

// Names of the inside.
var (
	insideZones = []string{".internal", ".local", ".corp", ".lan", ".intra", ".intranet", ".home", ".localdomain", ".private", ".svc", ".arpa"}
	// machines are words of which a number makes a machine's name.
	machines = []string{
		"db", "web", "api", "app", "node", "cache", "redis", "kafka", "mysql", "postgres", "pg", "mongo", "es", "elastic", "lb", "proxy",
		"worker", "queue", "host", "srv", "server", "vm", "mq", "k8s", "kube", "nginx", "haproxy", "etcd", "consul", "vault", "bastion",
		"jump", "gw", "router", "switch", "fw", "nas", "san", "disk", "shard", "replica", "primary", "master", "slave", "pod", "ingress",
	}
	// outsideZones are endings of public names; every two letters are one too.
	outsideZones = []string{"com", "org", "net", "info", "dev", "app", "cloud", "example", "status", "page", "tech", "online", "store", "shop", "bank", "gov", "edu", "int"}
)

var (
	gapWords   = regexp.MustCompile(`\[[^\[\]\n]{1,80}\]`)
	isoDay     = regexp.MustCompile(`\d{4}-\d{2}-\d{2}`)
	numbersDay = regexp.MustCompile(`\b(\d{1,2})([/.-])(\d{1,2})[/.-](\d{4})\b`)
	shortDay   = regexp.MustCompile(`\b(\d{1,2})/(\d{1,2})\b`)
	zoneAfter  = regexp.MustCompile(`^\s*\(?(?:UTC|GMT)?([+-]\d{1,2}(?::?\d{2})?)\b|^,?\s*\(?([A-Z]{1,5})\b`)
	joins      = regexp.MustCompile(`(?i)^\s*(?:–|—|-|/|,|to|and|or|until|till|a|et|ou|en|tot|of|tot en met)\s*$`)
	tokens     = regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9._-]*`)
	six        = regexp.MustCompile(`[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}`)
)
