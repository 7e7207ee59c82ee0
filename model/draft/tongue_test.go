package draft_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/draft"
)

// spellings are ways in which one text comes in.
var spellings = map[string]func(string) string{
	"as it is":        func(s string) string { return s },
	"without accents": strings.NewReplacer(unaccent...).Replace,
	"accents apart":   strings.NewReplacer(apart...).Replace,
	"typeset":         strings.NewReplacer("'", "’", " :", "\u00a0:", "4h", "4\u202fh\u202f", " h ", "\u00a0h\u00a0").Replace,
}

var (
	unaccent = []string{"à", "a", "â", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e", "î", "i", "ï", "i", "ô", "o", "û", "u", "À", "A"}
	apart    = []string{
		"à", "a\u0300", "â", "a\u0302", "ç", "c\u0327", "é", "e\u0301", "è", "e\u0300", "ê", "e\u0302", "ë", "e\u0308", "î", "i\u0302", "ï", "i\u0308",
		"ô", "o\u0302", "û", "u\u0302", "À", "A\u0300",
	}
)

func aboutAn(t *testing.T, state model.UpdateState) draft.About {
	about := thursday(t)
	about.State = state
	return about
}

func TestNothingIsFoundInGoodUpdatesOfEachLanguage(t *testing.T) {
	t.Parallel()
	for language, updates := range good {
		for how, spelt := range spellings {
			for _, u := range updates {
				text := spelt(u.text)
				require.Empty(t, found(text, aboutAn(t, u.state)), "%s, %s: %s", language, how, text)
			}
		}
		if language != "two of them" {
			require.GreaterOrEqual(t, len(updates), 12)
		}
	}
}

func TestEachRuleFindsItsBadSentencesInEachLanguage(t *testing.T) {
	t.Parallel()
	for language, rules := range bad {
		require.Len(t, rules, 7)
		for rule, sentences := range rules {
			require.GreaterOrEqual(t, len(sentences), 4)
			for how, spelt := range spellings {
				for _, s := range sentences {
					about, text := thursday(t), s
					switch draft.Rule(rule) {
					case draft.Next:
					case draft.Data:
						about.State = model.Recovered
					default:
						text += nextIn[language]
					}
					text = spelt(text)
					var rules []string
					for _, f := range checker.Check(text, about) {
						rules = append(rules, string(f.Rule))
					}
					require.Equal(t, []string{rule}, rules, "%s, %s: %s %q", language, how, text, found(text, about))
				}
			}
		}
	}
}

// A sentence in one language says nothing to the rules of another: each bad sentence
// stands in a good update of each language, and is found as alone.
func TestALanguageFindsTheSameInTheMiddleOfAnother(t *testing.T) {
	t.Parallel()
	for language, rules := range bad {
		for rule, sentences := range rules {
			if draft.Rule(rule) == draft.Next || draft.Rule(rule) == draft.Data {
				continue
			}
			for _, other := range []string{"English", "French", "Dutch"} {
				for _, s := range sentences {
					text := good[other][0].text + "\n" + s
					var rules []string
					for _, f := range checker.Check(text, thursday(t)) {
						rules = append(rules, string(f.Rule))
					}
					require.Equal(t, []string{rule}, rules, "%s in %s: %s %q", language, other, s, found(text, thursday(t)))
				}
			}
		}
	}
}

// What looks like a mistake and is none: a time that is not that of the repair, a word of
// another language, a number that is no time.
func TestWhatLooksLikeAMistakeAndIsNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Nous vous remercions. De 13h40 à 14h CET le site était lent. Prochaine mise à jour vers 15 h CET.",
		"Le service sera surveillé jusqu'à 18h CET pour vérifier que tout est rétabli. Prochaine mise à jour à 15h CET.",
		"La prochaine mise à jour sera publiée à 15h00 CET.",
		"La prochaine mise à jour est prévue à 15h00 CET, une fois le service rétabli.",
		"Nous prévoyons une nouvelle communication à 15h00 CET. Prochaine mise à jour à 15h00 CET.",
		"À 15h00 CET, nous ferons un nouveau point ; la cause est corrigée.",
		"Mise à jour de 14h20 CET : 80 % des paiements fonctionnent. Prochaine mise à jour à 15h00 CET.",
		"Prochaine mise à jour le 5 mars à 15h00 CET.",
		"Prochaine mise à jour ce jeudi 5 mars à 15h00 (heure de Bruxelles).",
		"Prochaine mise a jour a 15:00 CET",
		"PROCHAINE MISE À JOUR À 15H00 CET",
		"Prochaine mise à jour dans une demi-heure.",
		"Prochaine mise à jour d'ici une heure.",
		"Prochaine mise à jour dans l'heure.",
		"Prochaine mise à jour dans 1h30.",
		"Prochaine mise à jour dans les 30 prochaines minutes.",
		"Prochain point d'étape à 15 heures (heure de Paris).",
		"De volgende update verwachten we om 15:00 uur CET.",
		"We verwachten om 15:00 uur CET meer te weten, en laten het u dan weten in een volgende update.",
		"We zullen u om 15:00 uur CET informeren over het herstel.",
		"De volgende update komt om 15:00 uur CET en een deel is al hersteld.",
		"Om 15:00 uur CET hoort u meer van ons, een deel van de diensten is hersteld.",
		"Om 15:00 uur CET hoort u meer van ons en een deel van de diensten is hersteld.",
		"Volgende update over een half uur.",
		"Volgende update binnen het uur.",
		"Volgende update: 15u CET.",
		"Volgende update om 15 uur CET (lokale tijd).",
		"Update 14:20 uur CET: alles werkt weer. De volgende update is om 15:00 uur CET.",
		"De storing duurde 2 uur en we werken aan een rapport. Volgende update om 15:00 uur CET.",
		"Zodra de storing is opgelost om 15:00 uur CET melden we dat. Volgende update om 15:00 uur CET.",
		"Klanten kunnen vanaf 14:00 uur CET weer inloggen. Volgende update om 15:00 uur CET.",
		"The plan is to restore all orders. Next update at 15:00 CET.",
		"We had a 2h outage. Next update at 15:00 CET.",
		"Support is available until 18:00 CET. Next update at 15:00 CET.",
		"We will restore from backup; next update at 15:00 CET.",
		"We expect the next update at 15:00 CET, and payments are normal again.",
		"Next update at 14:40 UTC+1.",
		"Ma collègue Marie gère l'incident. Prochaine mise à jour à 15h CET.",
		"La table 24/7 du support est ouverte. Le 3/4 des clients est touché. Prochaine mise à jour à 15h CET.",
		"Nous travaillons à rétablir le service et reviendrons vers vous à 15h CET.",
		"Version 14.30 is uitgerold. Volgende update om 15:00 uur CET.",
		"Het komt voor bij 14.30 procent. Volgende update om 15:00 uur CET.",
		"Voor 3 op de 4 klanten is het opgelost. Volgende update om 15:00 uur CET.",
		"Is het probleem bij u nog niet opgelost? Bel ons tot 18:00 uur CET. Volgende update om 15:00 uur CET.",
		"Wij zijn vandaag op de hoogte gebracht van een storing. Volgende update om 15:00 uur CET.",
		"Vandaag werkt alles weer normaal voor de meeste klanten. Volgende update om 15:00 uur CET.",
		"Aujourd'hui, une panne touche nos services. Certains sont rétablis. Prochaine mise à jour à 15h CET.",
		"Today we had an outage; payments are back. Next update at 15:00 CET.",
		"Le correctif sera déployé à 15h CET. Prochaine mise à jour à 15h CET.",
		"Prochaine mise à jour jeu. 5 mars vers 15h CET.",
		"Volgende update do. 5 maart om 15:00 uur CET.",
		"Notre support sera disponible jusqu'à 18h CET. Prochaine mise à jour à 15h CET.",
		"Onze helpdesk zal tot 18:00 uur CET beschikbaar zijn. Volgende update om 15:00 uur CET.",
		"Support will be available until 18:00 CET. Next update at 15:00 CET.",
		"De volgende update verwachten we om 15:00 uur CET en het herstel loopt.",
		"Certaines pages ont été lentes pendant 2h30. Prochaine mise à jour à 15h CET.",
		"Sommige pagina's waren gedurende 1u30 traag. Volgende update om 15:00 uur CET.",
	} {
		require.Empty(t, found(text, thursday(t)), text)
	}
}

// A promise is found beside the time of the next update, and so is what is wrong with that.
func TestAPromiseIsFoundBesideTheTimeOfTheNextUpdate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Le service sera rétabli d'ici 16h CET, prochaine mise à jour à 15h CET.":                "promise sera rétabli d'ici 16h",
		"Prochaine mise à jour à 15h CET et rétablissement complet à 16h CET.":                   "promise rétablissement complet à 16h",
		"Volgende update om 15:00 uur CET, en om 16:00 uur CET is alles hersteld.":               "promise 16:00 uur CET is alles hersteld",
		"Update: om 16:00 uur CET is alles hersteld. Volgende update om 15:00 uur CET.":          "promise 16:00 uur CET is alles hersteld",
		"Volgende update om 15:00 uur CET. We lossen dit binnen een uur op.":                     "promise lossen dit binnen een uur",
		"Volgende update om 15:00 uur CET. Naar verwachting is alles om 16:00 uur CET hersteld.": "promise verwachting is alles om 16:00 uur CET hersteld",
		"Volgende update om 15:00 uur CET. Herstel verwacht rond 16:00 uur CET.":                 "promise Herstel verwacht rond 16:00 uur",
		"Volgende update om 15:00 uur CET. We herstellen de dienst binnen 2 uur.":                "promise We herstellen de dienst binnen 2 uur",
		"Volgende update om 15:00 uur CET. Over een uur werkt alles weer.":                       "promise Over een uur werkt alles weer",
		"Volgende update om 15:00 uur CET. Het is morgen opgelost.":                              "promise is morgen opgelost",
		"Prochaine mise à jour à 15h CET. Nous résoudrons le problème dans l'heure.":             "promise résoudrons le problème dans l'heure",
		"Prochaine mise à jour à 15h CET. Tout sera réglé ce soir.":                              "promise sera réglé ce soir",
		"Prochaine mise à jour à 15h CET. Retour à la normale attendu vers 16h CET.":             "promise Retour à la normale attendu",
		"Prochaine mise à jour à 15h CET. Retour à la normale dans 30 minutes.":                  "promise Retour à la normale dans 30 minutes",
		"Prochaine mise à jour à 15h CET. Le problème devrait se résoudre d'ici une heure.":      "promise devrait se résoudre d'ici une heure",
		"Prochaine mise à jour à 15h CET. Le service revient dans une heure.":                    "promise revient dans une heure",
		"Next update at 15:00 CET. Everything is restored by 16:00 CET.":                         "promise is restored by 16:00",
		"Next update at 15:00 CET. Recovery expected around 16:00 CET.":                          "promise Recovery expected around 16:00",
		"Prochaine mise à jour à 15h00":                                                          "zone 15h00",
		"Volgende update om 15:00":                                                               "zone 15:00",
		"volgende update om 15.00 uur":                                                           "zone 15.00 uur",
		"Prochaine mise à jour lundi 30 novembre à 15h CET.":                                     "weekday lundi|date 30 novembre|next 15h",
		"Volgende update maandag 30 november 15:00 uur CET.":                                     "weekday maandag|date 30 november|next 15:00 uur",
		"Prochaine mise à jour d'ici 14h CET.":                                                   "next 14h",
		"Volgende update over 14:10 uur CET.":                                                    "next 14:10 uur",
		"Depuis le 1er décembre. Prochaine mise à jour à 15h CET.":                               "date 1er décembre",
	} {
		require.Equal(t, want, strings.Join(found(text, thursday(t)), "|"), text)
	}
}

func TestThatDataWasLostIsNotDeniedInAnyLanguage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"Aucune donnée n'a été perdue.":                                    {"data Aucune donnée n'a été perdue"},
		"Il n'y a eu aucune perte de données.":                             {"data aucune perte de données"},
		"Vos donne\u0301es n'ont pas e\u0301te\u0301 affecte\u0301es.":     {"data donne\u0301es n'ont pas e\u0301te\u0301 affecte\u0301es"},
		"Certaines données ont été perdues ; nous vous écrirons.":          nil,
		"Des données ont été perdues, mais aucun mot de passe ne l'a été.": nil,
		"Er zijn geen gegevens verloren gegaan.":                           {"data geen gegevens verloren"},
		"Uw gegevens zijn niet getroffen.":                                 {"data gegevens zijn niet getroffen"},
		"Geen dataverlies.":                                                {"data Geen dataverlies"},
		"Sommige gegevens zijn verloren; we schrijven u.":                  nil,
		"No payments failed, but data was lost.":                           nil,
	} {
		about := aboutAn(t, model.Recovered)
		about.Lost = true
		require.Equal(t, want, found(text, about), text)
	}
}

// The place of a finding is that of the text as it was written, with all its accents.
func TestAFindingIsWhereItStands(t *testing.T) {
	t.Parallel()
	text := "Œuvre déjà e\u0301tendue. Le service sera re\u0301tabli d’ici 16\u202fh CET." + nextIn["French"]
	f := checker.Check(text, thursday(t))
	require.Len(t, f, 1)
	require.Equal(t, "sera re\u0301tabli d’ici 16\u202fh", text[f[0].From:f[0].To])
	require.Equal(t, text[f[0].From:f[0].To], f[0].Say.Args["Text"])
}

// repeats are texts that have much to look at at each of their places.
var repeats = []string{
	"14:40 ", "5 March ", "Monday 5/3 ", "will be fixed by 15:00 CET ", "update at 14:40;", "volgende update 5 maart om 14:40 uur CET, ", "d'ici 16h ",
	"dans 1h30 ", "om 16 uur en ", "aucune donnée ", "if fixed 15:00 ", "mise a\u0300 jour 14h30, ", "ETA ", "::", "[",
}

func FuzzCheck(f *testing.F) {
	for _, updates := range good {
		for _, u := range updates {
			f.Add(u.text)
		}
	}
	for _, rules := range bad {
		for _, sentences := range rules {
			f.Add(strings.Join(sentences, "\n"))
		}
	}
	for _, s := range repeats {
		f.Add(strings.Repeat(s, 3))
	}
	f.Add("\x00\xff\u0301e\u0301\u00ad`œ\xe2\x80 14h\u202f30\u0301")
	now := time.Date(2026, 3, 5, 14, 20, 0, 0, time.FixedZone("CET", 3600))
	f.Fuzz(func(t *testing.T, text string) {
		for _, state := range []model.UpdateState{model.Identified, model.Recovered} {
			about := draft.About{Audience: model.ToCustomers, State: state, Now: now, Since: now.Add(-time.Hour), Lost: true, Hosts: []string{text}}
			last := 0
			for _, found := range checker.Check(text, about) {
				require.LessOrEqual(t, last, found.From, "in the order of the text")
				require.LessOrEqual(t, found.From, found.To)
				require.LessOrEqual(t, found.To, len(text))
				require.False(t, found.Say.IsZero())
				if utf8.ValidString(text) {
					require.True(t, utf8.ValidString(text[found.From:found.To]), "whole letters")
				}
				last = found.From
			}
		}
	})
}

// The time that a check takes grows as the text does: the two sizes take the same for a
// byte.
func BenchmarkCheck(b *testing.B) {
	about := draft.About{Audience: model.ToCustomers, State: model.Identified, Now: time.Date(2026, 3, 5, 14, 20, 0, 0, time.UTC)}
	for _, size := range []int{4 << 10, 64 << 10} {
		for _, s := range append(repeats, good["French"][0].text+" ") {
			text := strings.Repeat(s, size/len(s))
			b.Run(fmt.Sprintf("%d/%.12q", size, s), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					checker.Check(text, about)
				}
			})
		}
	}
}

func TestTheCheckTakesTextsOf64Kilobytes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"14:40 ": 64<<10/6 + 1, "5 March ": 1, "It will be fixed by 15:00 CET; ": 64<<10/31 + 1, "prochaine mise à jour à 14h40 CET, ": 0, "é": 1,
	} {
		require.Len(t, checker.Check(strings.Repeat(text, 64<<10/len(text)), thursday(t)), want, text)
	}
}
