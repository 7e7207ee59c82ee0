package draft

// tongue is what the check knows of a language, all of it words. They are written as
// they are spelt; they are found without their accents too.
type tongue struct {
	// common are words by which the language is known. What is in two languages says
	// nothing.
	common []string

	// months are the names of each month, from January on. The first letter is a
	// capital for capitals, and the month may stand before the day for monthFirst.
	months               [12][]string
	capitals, monthFirst bool
	// ordinals stand behind the number of a day, of between it and the month, the
	// before it.
	ordinals, of, the []string
	// days are the weekdays from Sunday on, and shortDays their short forms, which count
	// only beside a date.
	days, shortDays [7][]string
	// dayFirst says that 05/03 is 5 March and nothing else; onDay stand before a date
	// without a year, as 30/11, and parts behind a fraction, as 3/4 of them.
	dayFirst     bool
	onDay, parts []string
	// stops are short words that end with a dot, which ends no sentence.
	stops []string

	// hours may stand behind a time with minutes and between hours and minutes. An hour
	// alone with one is a time of day behind one of atHour, else it is how long
	// something takes. lasts stand before a length that is written as a time.
	hours, atHour, lasts []string
	// dotted stand before a time with a dot, as 14.30.
	dotted []string
	// zoneBefore and zoneAfter are the words of a zone in words: "heure de Paris" and
	// "Brussels time". allTimes begin to say the zone of all.
	zoneBefore, zoneAfter, allTimes []string

	// A length of time: one of within or every, any of about, a number or one of numbers,
	// any of more, and a unit; or one of lengths.
	within, every, about, numbers, more, units, lengths []string

	// next begin what says when the next update comes; told say so too, and may be about
	// one that was; updates are words for an update.
	next, told, updates []string

	// future are the words by which somebody says what will be, and mended what that is;
	// willMend are both in one word, as "fonctionnera". foreseen stand between what is
	// mended and its time.
	future, mended, willMend, foreseen []string
	// present or becoming and done say it too, of a time that is ahead: "is om 16:00
	// hersteld".
	present, becoming, done []string
	// past stand before what was mended.
	past []string
	// unless stand before what is no promise: when it is, once it is.
	unless []string
	// by stand between what is mended and its time, behind any of again; byFirst before a
	// time that begins the sentence; until before one that ends something else.
	by, again, byFirst, until []string
	// late says that the verb may stand behind the time.
	late bool
	// promised are a promise whatever stands beside them, but for one of no.
	promised []string
	// vague are times without a clock; today may be over already.
	vague, today []string

	// no deny. things are data, fates what becomes of them, losses those of the fates
	// that are bad, and said words for both in one.
	no, things, fates, losses, said []string
}

// tongues are the languages that the check knows.
var tongues = [...]*tongue{&english, &french, &dutch}

// spoken is a set of tongues, by their place.
type spoken uint8

func (s spoken) has(n int) bool { return s&(1<<n) != 0 }

// dayFirst reports that all of them write the day before the month.
func (s spoken) dayFirst() bool {
	for n, t := range tongues {
		if s.has(n) && !t.dayFirst {
			return false
		}
	}
	return true
}
