package draft

import (
	"regexp"
	"strings"
	"time"
)

// The words that the check looks for. They are data: a phrase more is a line more.

var months = []string{
	"January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December",
}

var weekdays = map[string]time.Weekday{
	"monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday, "thursday": time.Thursday,
	"friday": time.Friday, "saturday": time.Saturday, "sunday": time.Sunday,
	"mon": time.Monday, "tue": time.Tuesday, "tues": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday,
	"thur": time.Thursday, "thurs": time.Thursday, "fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday,
}

// offsets are the zones that a time may name, in minutes east of UTC. Some names mean
// several zones: those say that a zone is named, and no more.
var offsets = map[string]int{
	"UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 60, "BST": 60, "CET": 60, "CEST": 120, "EET": 120, "EEST": 180, "MSK": 180,
	"EST": -300, "EDT": -240, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420, "AKST": -540, "AKDT": -480, "HST": -600,
	"JST": 540, "KST": 540, "SGT": 480, "HKT": 480, "AWST": 480, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780, "SAST": 120,
	"CST": several, "IST": several, "ACST": several, "ACDT": several, "BRT": several, "ART": several, "AST": several, "ADT": several,
}

const several = 1 << 20

// nextPhrases begin what says when the next update comes.
var nextPhrases = []string{
	"next update", "further update", "another update", "update again", "update you", "an update", "updates every", "update every",
	"update by", "update at", "update within", "update in", "report again", "back to you",
}

// future are the words by which somebody says what will be, mended what that is.
var (
	future = []string{
		"will", "should", "shall", "expect", "expects", "expected", "expecting", "anticipate", "anticipated", "estimate", "estimated",
		"aim", "aiming", "plan", "planned", "planning", "going to", "hope", "hoping", "promise", "'ll", "’ll", "likely",
	}
	mended = []string{
		"fix", "fixed", "resolve", "resolved", "resolution", "restore", "restored", "repair", "repaired", "recover", "recovered", "recovery",
		"back", "solve", "solved", "working", "work again", "online", "available", "operational", "normal", "up and running", "over", "done",
		"completed", "mitigated",
	}
	// unless stand before what is no promise: when it is, once it is.
	unless = []string{"when", "once", "until", "after", "as soon as", "if", "whether", "before"}
	// promised are a promise whatever stands beside them.
	promised = []string{"eta", "estimated time to", "estimated time of", "time to resolution", "time to fix"}
	// vague are times without a clock.
	vague = []string{
		"soon", "shortly", "momentarily", "tonight", "tomorrow", "today", "any minute", "any moment", "end of day", "end of the day",
		"noon", "midnight", "this morning", "this afternoon", "this evening", "within the hour", "in the next hour", "in an hour", "in no time",
	}
)

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

// Data: what an update says of it at the end.
var (
	dataThings = []string{"data", "record", "records", "information"}
	dataFates  = []string{
		"loss", "lost", "lose", "intact", "safe", "affected", "unaffected", "exposed", "leaked", "corrupted", "corruption", "deleted", "accessed",
		"missing", "compromised", "breach", "secure", "complete", "recovered", "restored",
	}
)

var (
	gapWords   = regexp.MustCompile(`\[[^\[\]\n]{1,80}\]`)
	noData     = regexp.MustCompile(`(?i)\b(no|nobody's|not any|none of the)\b[^.\n]{0,40}\bdata\b[^.\n]{0,60}\b(lost|loss|exposed|leaked|affected|compromised|accessed|corrupted)\b|\bdata\b[^.\n]{0,30}\b(was|were|is|are)( not|n't)\b[^.\n]{0,20}\b(lost|exposed|leaked|affected|compromised|accessed|corrupted)\b`)
	dataSaid   = regexp.MustCompile(`(?i)\b(` + oneOf(dataThings) + `)\b[^.\n]{0,80}\b(` + oneOf(dataFates) + `)\b|\b(` + oneOf(dataFates) + `)\b[^.\n]{0,40}\b(` + oneOf(dataThings) + `)\b`)
	monthWords = `(January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)`
	isoDay     = regexp.MustCompile(`\d{4}-\d{2}-\d{2}`)
	dayMonth   = regexp.MustCompile(`\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?` + monthWords + `\b\.?(?:,?\s+(\d{4})\b)?`)
	monthDay   = regexp.MustCompile(`\b` + monthWords + `\b\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b(?:,?\s+(\d{4})\b)?`)
	numbersDay = regexp.MustCompile(`\b(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b`)
	dayWord    = `(Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Mon|Tues|Tue|Wed|Thurs|Thur|Thu|Fri|Sat|Sun)`
	dayBefore  = regexp.MustCompile(`(?i)\b` + dayWord + `\b[.,]?\s+(?:the\s+)?$`)
	dayAfter   = regexp.MustCompile(`^,?\s*\(?` + dayWord + `\b`)
	dayAlone   = regexp.MustCompile(`(?i)\b(Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)s?\b`)

	hourWords  = regexp.MustCompile(`(?i)\b(\d{1,2})(?:[:h](\d{2}))(?::\d{2})?(?:\s*([ap])\.?m\b\.?)?|\b(\d{1,2})\s*([ap])\.?m\b\.?`)
	afterWords = regexp.MustCompile(`(?i)\b(?:in|within|every)\s+(?:about\s+|around\s+|the\s+next\s+|at\s+most\s+)*(?:\d+|an?|half\s+an|one|two|three|four|five|ten|fifteen|twenty|thirty|forty|sixty|a\s+few|a\s+couple\s+of)[\s-]*(?:more\s+)?(?:minutes?|mins?|min|hours?|hrs?|h|days?)\b`)
	zoneAfter  = regexp.MustCompile(`^\s*\(?([A-Z]{1,5})\b|^\s*\(?(?:UTC|GMT)?([+-]\d{1,2}(?::?\d{2})?)\b|^\s*\(?(?i:[a-z/_ ]{0,30}\btime)\b`)
	zoneForAll = regexp.MustCompile(`(?i)\btimes?\b[^.\n]{0,20}\bin\s+([A-Z]{2,5})\b`)
	joins      = regexp.MustCompile(`(?i)^\s*(?:–|—|-|/|,|to|and|or|until|till)\s*$`)
	tokens     = regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9._-]*`)
	six        = regexp.MustCompile(`[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}`)
	updateWord = regexp.MustCompile(`(?i)\bupdates?\b`)
	nextWords  = regexp.MustCompile(`(?i)\b(` + oneOf(nextPhrases) + `)\b`)
	futureWord = regexp.MustCompile(`(?i)(?:\b(?:` + oneOf(future) + `)|['’]ll)\b`)
	mendedWord = regexp.MustCompile(`(?i)\b(?:` + oneOf(mended) + `)\b`)
	mendedBy   = regexp.MustCompile(`(?i)\b(?:` + oneOf(mended) + `)\s+(?:again\s+)?(?:by|before|within|in|until|at)\s+$`)
	pastWord   = regexp.MustCompile(`(?i)\b(?:was|were|has|have|had|is|are|been)\b`)
	unlessWord = regexp.MustCompile(`(?i)\b(?:` + oneOf(unless) + `)\b[^,.]*$`)
	mendedEnd  = regexp.MustCompile(`(?i)\b(?:` + oneOf(mended) + `)\s+$`)
	promiseBy  = regexp.MustCompile(`(?i)\b(?:` + oneOf(promised) + `)\b`)
	vagueWord  = regexp.MustCompile(`(?i)\b(?:` + oneOf(vague) + `)\b`)
	byBefore   = regexp.MustCompile(`(?i)\b(?:by|before|within|in)\s+$`)
)

// oneOf is a pattern for any of some words, the longest first.
func oneOf(words []string) string {
	quoted := make([]string, 0, len(words))
	for _, w := range words {
		if w[0] == '\'' || !isASCII(w) {
			continue // written out where they are used
		}
		quoted = append(quoted, strings.ReplaceAll(regexp.QuoteMeta(w), " ", `\s+`))
	}
	return strings.Join(quoted, "|")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
