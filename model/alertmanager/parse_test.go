package alertmanager

import (
	"crypto/sha256"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return b
}

func parse(t *testing.T, name string) Notification {
	t.Helper()
	n, err := Parse(file(t, name))
	require.NoError(t, err)
	return n
}

func at(s string) int64 {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t.UnixNano()
}

// body is a body of one alert with the fields given, which are JSON.
func body(alert string) []byte {
	return []byte(`{"version":"4","groupKey":"g","receiver":"r","alerts":[` + alert + `]}`)
}

func TestFiringGroup(t *testing.T) {
	t.Parallel()
	n := parse(t, "firing.json")
	key := `{}/{severity="critical"}:{alertname="HighErrorRate", cluster="eu-west-1"}`
	require.Equal(t, key, n.GroupKey)
	require.Equal(t, model.Hash(sha256.Sum256([]byte(key))), n.Group)
	require.Equal(t, "warroom", n.Receiver)
	require.Equal(t, "firing", n.Status)
	require.Equal(t, "Checkout answers 5xx in eu-west-1", n.Title)
	require.Equal(t, "checkout", n.Labels["job"])
	require.Equal(t, "https://runbooks.example.com/checkout", n.Annotations["runbook_url"])
	require.Equal(t, "http://alertmanager.example.com:9093", n.ExternalURL)
	require.Len(t, n.Alerts, 2)

	a := n.Alerts[1]
	require.Equal(t, "5ef77f1f8a3ecfb4", a.Fingerprint)
	require.True(t, a.Firing)
	require.Equal(t, at("2026-03-14T02:17:42.118Z"), a.Starts)
	require.Zero(t, a.Ends)
	require.Equal(t, "HighErrorRate", a.Name)
	require.Equal(t, "Checkout answers 5xx in eu-west-1", a.Summary)
	require.True(t, strings.HasPrefix(a.Text, `{"labels":{"alertname":"HighErrorRate","cluster":`), a.Text)
	require.Contains(t, a.Text, `+%3E+0.05&g0.tab=1"}`, "addresses stay readable")
	require.Equal(t, model.AlertSignal{
		Fingerprint: a.Fingerprint, Firing: true, Starts: a.Starts, Suggested: 1, Text: a.Text,
	}, a.Signal(nil))
}

func TestResolvedGroupIsTheSameGroup(t *testing.T) {
	t.Parallel()
	firing, resolved := parse(t, "firing.json"), parse(t, "resolved.json")
	require.Equal(t, firing.Group, resolved.Group)
	require.Equal(t, "resolved", resolved.Status)
	a := resolved.Alerts[0]
	require.False(t, a.Firing)
	require.Equal(t, at("2026-03-14T02:59:12.118Z"), a.Ends)
	require.Equal(t, firing.Alerts[1].identity().fingerprint, a.Fingerprint)
	require.Equal(t, firing.Alerts[1].Text, a.Text)
}

func TestMixedGroup(t *testing.T) {
	t.Parallel()
	n := parse(t, "mixed.json")
	require.Equal(t, "firing", n.Status)
	require.Equal(t, 14, n.Truncated)
	require.Equal(t, "InstanceDown ×2: node", n.Title)
	require.Equal(t, "a1f0a6f3d94b2c11", n.Alerts[0].Fingerprint, "sorted")
	require.Equal(t, at("2026-03-14T02:17:42.118450291Z"), n.Alerts[0].Starts, "offset and nanoseconds")
}

func TestOldBodyWithoutKeyAndFingerprint(t *testing.T) {
	t.Parallel()
	n := parse(t, "old.json")
	require.Equal(t, "DiskFull: node, bru-2, nas:9100", n.Title)
	require.Regexp(t, "^[0-9a-f]{16}$", n.Alerts[0].Fingerprint)
	require.Empty(t, n.GroupKey)
	require.NotZero(t, n.Group)
	require.Contains(t, n.Alerts[0].Text, `"annotations":{}`)

	other := strings.Replace(string(file(t, "old.json")), `"alertname": "DiskFull", "job": "node"}`, `"job": "node", "alertname": "DiskFull"}`, 1)
	m, err := Parse([]byte(other))
	require.NoError(t, err)
	require.Equal(t, n.Group, m.Group, "the order of labels does not matter")
	m, err = Parse([]byte(strings.Replace(other, `"receiver": "warroom"`, `"receiver": "mail"`, 1)))
	require.NoError(t, err)
	require.NotEqual(t, n.Group, m.Group, "the receiver does")
}

func TestGroupWithoutAnyGroupLabels(t *testing.T) {
	t.Parallel()
	const rest = `,"alerts":[{"status":"firing"}]}`
	a, err := Parse([]byte(`{"version":"4","commonLabels":{"a":"bc"}` + rest))
	require.NoError(t, err)
	b, err := Parse([]byte(`{"version":"4","commonLabels":{"ab":"c"}` + rest))
	require.NoError(t, err)
	require.NotEqual(t, a.Group, b.Group, "names and values cannot be taken for each other")
}

func TestTheSameBodyGivesTheSameNotification(t *testing.T) {
	t.Parallel()
	require.Equal(t, parse(t, "firing.json"), parse(t, "firing.json"))

	one, two := `{"status":"firing","fingerprint":"1","labels":{"a":"b"}}`, `{"status":"firing","fingerprint":"2"}`
	gone := `{"status":"resolved","fingerprint":"1","endsAt":"2026-01-01T00:00:00Z"}`
	later := `{"status":"resolved","fingerprint":"1","endsAt":"2026-01-01T00:01:00Z"}`
	want, err := Parse(body(strings.Join([]string{one, two, gone, later}, ",")))
	require.NoError(t, err)
	require.Len(t, want.Alerts, 3, "firing and resolved are two reports; two ends of one are not")
	require.Equal(t, at("2026-01-01T00:01:00Z"), want.Alerts[1].Ends)
	for _, order := range [][]string{{later, gone, two, one}, {two, one, one, later, gone, two}, {gone, later, one, two}} {
		got, err := Parse(body(strings.Join(order, ",")))
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int64{
		`"2026-03-14T02:17:42Z"`:                1773454662e9,
		`"2026-03-14T02:17:42.1Z"`:              1773454662.1e9,
		`"2026-03-14T07:47:42.000000001+05:30"`: 1773454662e9 + 1,
		`"2026-03-14T02:17:42z"`:                1773454662e9,
		`"0001-01-01T00:00:00Z"`:                0,
		`"0001-01-01T00:00:00+01:00"`:           0,
		`"1677-01-01T00:00:00Z"`:                0,
		`"1969-12-31T23:59:59.9Z"`:              0,
		`"1970-01-01T00:00:00.000000001Z"`:      1,
		`"2262-04-11T23:47:16Z"`:                maxNanos,
		`"9999-12-31T23:59:59Z"`:                maxNanos,
		`""`:                                    0,
		`null`:                                  0,
	} {
		n, err := Parse(body(`{"status":"resolved","startsAt":` + in + `,"endsAt":` + in + `}`))
		require.NoError(t, err, in)
		require.Equal(t, want, n.Alerts[0].Starts, in)
		require.Equal(t, want, n.Alerts[0].Ends, in)
	}
	n, err := Parse(body(`{"status":"firing","endsAt":"2026-03-14T02:17:42Z"}`))
	require.NoError(t, err)
	require.Zero(t, n.Alerts[0].Ends, "what fires has no end yet")
}

func TestFingerprints(t *testing.T) {
	t.Parallel()
	get := func(alert string) string {
		n, err := Parse(body(alert))
		require.NoError(t, err)
		return n.Alerts[0].Fingerprint
	}
	require.Equal(t, "abc", get(`{"status":"firing","fingerprint":"abc","labels":{"a":"b"}}`))
	made := get(`{"status":"firing","labels":{"a":"b","c":"d"}}`)
	require.Equal(t, made, get(`{"status":"firing","labels":{"c":"d","a":"b"}}`))
	require.NotEqual(t, made, get(`{"status":"firing","labels":{"a":"b","c":"e"}}`))
	long := get(`{"status":"firing","fingerprint":"` + strings.Repeat("x", 65) + `"}`)
	require.Regexp(t, "^[0-9a-f]{16}$", long)
	require.NotEqual(t, long, get(`{"status":"firing","fingerprint":"`+strings.Repeat("x", 66)+`"}`))
	require.Regexp(t, "^[0-9a-f]{16}$", get(`{"status":"firing","fingerprint":"\u001b[31m"}`))
}

func TestTitles(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 250)
	for name, c := range map[string]struct{ common, want string }{
		"summary":             {`"commonAnnotations":{"summary":"Pay is down"},"commonLabels":{"alertname":"X"}`, "Pay is down"},
		"summary is one line": {`"commonAnnotations":{"summary":" Pay\n\u001b is \t down "}`, "Pay is down"},
		"empty summary":       {`"commonAnnotations":{"summary":" "},"commonLabels":{"alertname":"X","service":"pay"}`, "X: pay"},
		"three labels":        {`"commonLabels":{"alertname":"X","service":"pay","job":"pay","namespace":"n","cluster":"c","region":"r"}`, "X: pay, n, c"},
		"group labels":        {`"groupLabels":{"alertname":"X","cluster":"c"}`, "X: c"},
		"receiver":            {`"receiver":"ops"`, "Alertmanager: ops"},
		"nothing":             {`"receiver":""`, "Alertmanager"},
		"too long":            {`"commonAnnotations":{"summary":"` + long + `"}`, long[:199] + "…"},
		"exactly long":        {`"commonAnnotations":{"summary":"` + long[:200] + `"}`, long[:200]},
		"too many bytes":      {`"commonAnnotations":{"summary":"` + strings.Repeat("障", 150) + `"}`, strings.Repeat("障", 99) + "…"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, err := Parse([]byte(`{"version":"4",` + c.common + `,"alerts":[{"status":"firing"}]}`))
			require.NoError(t, err)
			require.Equal(t, c.want, n.Title)
			require.LessOrEqual(t, utf8.RuneCountInString(n.Title), MaxTitle)
			require.LessOrEqual(t, len(n.Title), model.MaxTitle)
		})
	}
}

func TestTextIsHeldToItsLimit(t *testing.T) {
	t.Parallel()
	many := map[string]string{}
	for i := range 20_000 {
		many[strings.Repeat("k", 5)+strings.Repeat("\x01", i%7)+string(rune('A'+i%26))+time.Duration(i).String()] = "v"
	}
	for name, w := range map[string]wireAlert{
		"a long value":   {Labels: map[string]string{"alertname": "X"}, Annotations: map[string]string{"description": strings.Repeat("é", 200_000), "summary": "short"}},
		"escapes":        {Annotations: map[string]string{"a": strings.Repeat("\x01", 100_000), "b": strings.Repeat("\"", 100_000)}},
		"many names":     {Labels: many, Annotations: many},
		"a long name":    {Labels: map[string]string{strings.Repeat("x", 100_000): "v"}},
		"a long address": {GeneratorURL: "http://" + strings.Repeat("x", 100_000)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := text(w)
			require.LessOrEqual(t, len(s), MaxText)
			require.True(t, utf8.ValidString(s))
			require.Equal(t, s, text(w), "always the same")
			var back alertText
			require.NoError(t, json.Unmarshal([]byte(s), &back))
			require.Positive(t, back.Shortened+back.Dropped, "it says so")
			if name == "a long value" {
				require.Greater(t, len(s), MaxText-10, "no more is cut than must be")
				require.Equal(t, "short", back.Annotations["summary"])
				require.Equal(t, 1, back.Shortened)
			}
		})
	}
}

func TestWrongBodiesAreRefused(t *testing.T) {
	t.Parallel()
	where := func(key string, pairs ...any) model.Phrase { return model.Say(key, pairs...) }
	for name, c := range map[string]struct {
		body  string
		code  model.Code
		where any
	}{
		"nothing":            {"", model.CodeAlertEmpty, nil},
		"blanks":             {" \n", model.CodeAlertEmpty, nil},
		"no list":            {`{"version":"4"}`, model.CodeAlertEmpty, nil},
		"null list":          {`{"version":"4","alerts":null}`, model.CodeAlertEmpty, nil},
		"empty list":         {`{"version":"4","alerts":[]}`, model.CodeAlertEmpty, nil},
		"no version":         {`{"alerts":[{"status":"firing"}]}`, model.CodeAlertVersion, nil},
		"another version":    {`{"version":"5","alerts":[{"status":"firing"}]}`, model.CodeAlertVersion, nil},
		"not JSON":           {`hello`, model.CodeAlertMalformed, where("alert.where.byte", "Byte", 1)},
		"cut off":            {`{"version":"4","ale`, model.CodeAlertMalformed, where("alert.where.byte", "Byte", 19)},
		"more after the end": {`{"version":"4"} x`, model.CodeAlertMalformed, where("alert.where.byte", "Byte", 17)},
		"a list":             {`[]`, model.CodeAlertMalformed, where("alert.where.top")},
		"a string":           {`"x"`, model.CodeAlertMalformed, where("alert.where.top")},
		"version's type":     {`{"version":4}`, model.CodeAlertMalformed, "version"},
		"label's type":       {`{"version":"4","commonLabels":{"a":1}}`, model.CodeAlertMalformed, "commonLabels"},
		"truncated's type":   {`{"version":"4","truncatedAlerts":-1}`, model.CodeAlertMalformed, "truncatedAlerts"},
		"alerts' type":       {`{"version":"4","alerts":{}}`, model.CodeAlertMalformed, "alerts"},
		"alert's type":       {`{"version":"4","alerts":[1]}`, model.CodeAlertMalformed, "alerts[0]"},
		"alert's label":      {`{"version":"4","alerts":[{"status":"firing"},{"labels":[]}]}`, model.CodeAlertMalformed, "alerts[1].labels"},
		"alert's status":     {`{"version":"4","alerts":[{"status":"firing"},{"status":"silenced"}]}`, model.CodeAlertMalformed, "alerts[1].status"},
		"no status":          {`{"version":"4","alerts":[{}]}`, model.CodeAlertMalformed, "alerts[0].status"},
		"null alert":         {`{"version":"4","alerts":[null]}`, model.CodeAlertMalformed, "alerts[0].status"},
		"start":              {`{"version":"4","alerts":[{"status":"firing","startsAt":"now"}]}`, model.CodeAlertMalformed, "alerts[0].startsAt"},
		"end":                {`{"version":"4","alerts":[{"status":"firing","endsAt":"2026-13-01T00:00:00Z"}]}`, model.CodeAlertMalformed, "alerts[0].endsAt"},
		"too large":          {strings.Repeat(" ", MaxBody+1), model.CodeAlertLarge, nil},
		"deep":               {strings.Repeat("[", 1_000_000), model.CodeAlertMalformed, where("alert.where.byte", "Byte", 10001)},
		"deep inside":        {`{"x":` + strings.Repeat(`{"x":`, 500_000), model.CodeAlertMalformed, where("alert.where.byte", "Byte", 50001)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, err := Parse([]byte(c.body))
			require.Equal(t, c.code, model.CodeOf(err), "%v", err)
			require.Zero(t, n)
			var refusal *model.Error
			require.ErrorAs(t, err, &refusal)
			if c.where != nil {
				require.Equal(t, c.where, refusal.Args["Where"])
				require.NotEmpty(t, refusal.Args["Why"])
			}
		})
	}
}

func TestLeniency(t *testing.T) {
	t.Parallel()
	n, err := Parse([]byte("\ufeff" + `{"version":"4","orgId":1,"x":{"y":[1]},"commonLabels":null,"truncatedAlerts":18446744073709551615,
		"alerts":[{"status":"firing","labels":null,"annotations":null,"silenceURL":"","values":{"B":1}}]}` + "\n"))
	require.NoError(t, err)
	require.Len(t, n.Alerts, 1)
	require.Equal(t, 1<<31-1, n.Truncated)
}

func TestHugeLists(t *testing.T) {
	t.Parallel()
	same := strings.Repeat(`{"status":"firing"},`, MaxBody/20-10)
	n, err := Parse(body(same[:len(same)-1]))
	require.NoError(t, err)
	require.Len(t, n.Alerts, 1)

	empty := strings.Repeat(`{},`, MaxBody/3-100)
	_, err = Parse(body(empty[:len(empty)-1]))
	require.Equal(t, model.CodeAlertMalformed, model.CodeOf(err))
}

func TestSeverity(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		labels  map[string]string
		mapping map[string]int
		want    int
	}{
		{nil, nil, 0},
		{map[string]string{"severity": "critical"}, nil, 1},
		{map[string]string{"severity": " CRITICAL "}, nil, 1},
		{map[string]string{"Severity": "page"}, nil, 1},
		{map[string]string{"severity": "error"}, nil, 2},
		{map[string]string{"severity": "warning"}, nil, 3},
		{map[string]string{"severity": "none"}, nil, 3},
		{map[string]string{"priority": "P1"}, nil, 1},
		{map[string]string{"level": "high"}, nil, 2},
		{map[string]string{"severity": "purple", "priority": "p2"}, nil, 2},
		{map[string]string{"severity": "purple"}, nil, 0},
		{map[string]string{"severity": "Purple"}, map[string]int{"PURPLE": 4}, 4},
		{map[string]string{"severity": "critical"}, map[string]int{"critical": 2}, 2},
		{map[string]string{"severity": "info"}, map[string]int{"info": 0}, 0},
		{map[string]string{"severity": "info"}, map[string]int{"info": 10}, 0},
		{map[string]string{"SEVERITY": "page", "Severity": "warning"}, nil, 1},
	} {
		require.Equal(t, c.want, Severity(c.labels, c.mapping), "%v %v", c.labels, c.mapping)
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"firing.json", "resolved.json", "mixed.json", "old.json"} {
		f.Add(file(f, name))
	}
	f.Add([]byte(`{"version":"4","alerts":[{"status":"firing"},null,[]]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		n, err := Parse(body)
		if err != nil {
			require.NotEmpty(t, model.CodeOf(err), "every refusal has a code: %v", err)
			return
		}
		again, err := Parse(body)
		require.NoError(t, err)
		require.Equal(t, n, again)
		require.NotEmpty(t, n.Title)
		require.LessOrEqual(t, len(n.Title), model.MaxTitle)
		for i, a := range n.Alerts {
			require.LessOrEqual(t, len(a.Text), MaxText)
			require.True(t, json.Valid([]byte(a.Text)))
			require.NotEmpty(t, a.Fingerprint)
			if i > 0 {
				require.Negative(t, compare(n.Alerts[i-1], a))
			}
		}
	})
}
