package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

func TestATemplateWithAnUnknownFieldIsRefusedWithTheNearestName(t *testing.T) {
	t.Parallel()
	a := newCrew(t, "ana").people[0]
	for url, want := range map[string]struct {
		code    model.Code
		nearest string
	}{
		"https://meet.example/{key}":                    {},
		"https://chat.example/{date}/{key}-{title}":     {},
		"https://meet.example/{kye}":                    {model.CodeTemplateField, "key"},
		"https://meet.example/{Title}":                  {model.CodeTemplateField, "title"},
		"https://meet.example/{}":                       {model.CodeTemplateField, "key"},
		"meet.example/{key}":                            {model.CodeLinkURL, ""},
		"https://meet.example/a b":                      {model.CodeLinkURL, ""},
		"https://meet.example/{key}\nhttps://x.example": {model.CodeLinkURL, ""},
		"none{key": {model.CodeLinkURL, ""},
	} {
		events, err := a.do(model.Scope{}, model.SetLinkTemplate{Kind: model.ChatLink, URL: url})
		require.Equal(t, want.code, model.CodeOf(err), url)
		if want.nearest != "" {
			require.ErrorContains(t, err, "Nearest="+want.nearest, url)
		}
		require.Equal(t, want.code == "", len(events) == 1, "%s: nothing is half written", url)
	}
	a.refused(model.CodeTemplateField, model.Scope{}, model.SetUpdateTemplate{Audience: model.ToTeam, State: model.Identified, Text: "{severty}"})
	a.refused(model.CodeAudienceUnknown, model.Scope{}, model.SetUpdateTemplate{Audience: "press", State: model.Identified, Text: "a"})
	a.refused(model.CodeLinkKind, model.Scope{}, model.SetLinkTemplate{Kind: "fax", URL: "https://x.example"})
	require.Len(t, a.state.People.Roster().LinkTemplates(), 1)
}

func TestOneActMakesAllLinksOfTheTemplates(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	id := ana.must(model.Scope{}, model.OpenIncident{Title: "Checkout 5xx: déjà vu? / 結帳"}).Scope
	ana.refused(model.CodeTemplateNone, id, model.MakeLinks{})
	ana.must(model.Scope{}, model.SetLinkTemplate{Kind: model.VideoLink, URL: "https://meet.example/{key}"})
	ana.must(model.Scope{}, model.SetLinkTemplate{Kind: model.ChatLink, URL: "https://chat.example/{date}-{title}"})
	c.meet()
	events, err := ana.do(id, model.MakeLinks{Key: "7F3A"})
	require.NoError(t, err)
	require.Len(t, events, 2)
	links := ana.view(id).Links
	require.Equal(t, "https://chat.example/2026-03-05-checkout-5xx-d%C3%A9j%C3%A0-vu-%E7%B5%90%E5%B8%B3", links[0].URL)
	require.Equal(t, "https://meet.example/7F3A", links[1].URL)
	ana.refused(model.CodeLinkSame, id, model.MakeLinks{Key: "7F3A"})
	ana.must(model.Scope{}, model.SetLinkTemplate{Kind: model.DocumentLink, URL: "https://docs.example/{key}"})
	events, err = ana.do(id, model.MakeLinks{Key: "7F3A"})
	require.NoError(t, err)
	require.Len(t, events, 1, "only what is missing")
	_, err = bob.do(model.Scope{}, model.SetLinkTemplate{Kind: model.VideoLink})
	require.NoError(t, err)
	require.Len(t, bob.state.People.Roster().LinkTemplates(), 1, "taken away")
	events, err = bob.do(model.Scope{}, model.SetLinkTemplate{Kind: model.VideoLink})
	require.NoError(t, err)
	require.Empty(t, events)
}

func TestFillTemplate(t *testing.T) {
	t.Parallel()
	values := map[string]string{"a": "{b}", "b": "2"}
	for template, want := range map[string]string{
		"": "", "x": "x", "{a}{b}": "{b}2", "{ {a}": "{ {b}", "{\na}": "{\na}", "a}": "a}", "{{b}}": "{2}", "{": "{",
	} {
		got, err := model.FillTemplate(template, values)
		require.NoError(t, err, template)
		require.Equal(t, want, got, template)
	}
}
